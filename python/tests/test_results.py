"""Results that are no JSON have forms of their own: raw bytes, arrays, tables."""

from __future__ import annotations

import base64
import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from fake_host import Attached, worker
from samples import arrays

from snakepit import CallError, testing
from snakepit._tools.bodies import Gathered
from snakepit._tools.results import Results

NPY = "application/x-npy"
ARROW = "application/vnd.apache.arrow.stream"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Attached]:
    with worker(tmp_path, "samples.arrays", max_body_bytes=1 << 24) as attached:
        yield attached


def npy(body: bytes) -> Any:
    return np.load(io.BytesIO(body), allow_pickle=False)


@pytest.mark.parametrize(
    "kind",
    [
        "c",
        "fortran",
        "strided",
        "scalar",
        "empty",
        "bool",
        "complex",
        "text",
        "bytes",
        "times",
        "big endian",
        "struct",
        "sizeless",
        "readonly",
        "large",
    ],
)
def test_an_array_arrives_as_it_was(host: Attached, kind: str) -> None:
    """Fails if a value, the shape, the type or the order in memory is lost."""
    call = host.send_call("give", {"kind": kind})
    result, body = host.expect("result", call)
    assert result.content_type == NPY
    found, expected = npy(body), arrays.array(kind)
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)
    assert found.flags.f_contiguous == (expected.flags.f_contiguous or expected.ndim == 0)
    whole = io.BytesIO()
    np.save(whole, expected, allow_pickle=False)
    assert body == whole.getvalue()


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("objects", "without pickling: convert it with astype()"),
        ("masked", "MaskedArray"),
        ("number", "numpy.int64"),
    ],
)
def test_what_could_only_be_pickled_is_refused(host: Attached, kind: str, said: str) -> None:
    """Fails if it is pickled, loses its mask, or does not say what to do."""
    failure = host.fail("give", {"kind": kind})
    assert failure.code == "SERIALIZATION_ERROR"
    assert said in failure.message
    np.testing.assert_array_equal(npy(host.call("give", {"kind": "c"})), arrays.array("c"))


@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("rows", [3, 100_000])
def test_a_table_arrives_as_it_was(host: Attached, rows: int, batch: bool) -> None:
    """Fails if a row or the schema is lost."""
    call = host.send_call("table", {"rows": rows, "batch": batch})
    result, body = host.expect("result", call)
    assert result.content_type == ARROW
    found = pa.ipc.open_stream(body).read_all()
    assert found.column_names == ["n", "text"]
    assert found["n"].to_pylist() == list(range(rows))


def test_chunks_and_members_of_a_batch_are_arrays_too(host: Attached) -> None:
    """Fails if only a plain result may be one."""
    call = host.send_stream("both")
    (first, array), (second, table) = (host.expect("chunk", call) for _ in range(2))
    assert (first.content_type, second.content_type) == (NPY, ARROW)
    assert npy(array).tolist() == [0, 1, 2]
    assert pa.ipc.open_stream(table).read_all().to_pydict() == {"n": [1]}
    assert host.chunks(call, 1) == [{"plain": True}]
    host.expect("result", call)
    calls = host.send_batch("each", {"n": 1}, {"n": 2})
    assert [npy(host.expect("result", call)[1]).tolist() for call in calls] == [[0], [0, 1]]


def test_in_an_array_of_chunks_they_are_base64(host: Attached) -> None:
    """Fails if what is no JSON gets between JSON."""
    array, table, plain = host.call("both")
    assert npy(base64.b64decode(array["$bytes"])).tolist() == [0, 1, 2]
    assert base64.b64decode(table["$bytes"])
    assert plain == {"plain": True}


def test_an_array_that_is_too_large_is_refused(tmp_path: Path) -> None:
    """Fails if the limit counts items and not bytes."""
    with worker(tmp_path, "samples.arrays", max_body_bytes=1 << 20) as host:
        assert host.fail("give", {"kind": "large"}).code == "PAYLOAD_TOO_LARGE"
        assert host.fail("table", {"rows": 100_000}).code == "PAYLOAD_TOO_LARGE"


@pytest.mark.parametrize(
    "view",
    [
        memoryview(b"abcdefgh").cast("I"),
        memoryview(b"abcdefgh").cast("B", (2, 4)),
        np.asfortranarray(np.arange(6, dtype=np.int16).reshape(2, 3)).data,
        memoryview(b"abcdefgh")[::3],
        memoryview(b"").cast("I"),
        np.zeros((0, 2)).data,
    ],
)
def test_a_view_of_any_shape_goes_with_all_its_bytes(view: memoryview) -> None:
    """Fails if its length is taken for that of its bytes."""
    content_type, body = Results(repr, 100).write(view)  # type: ignore[arg-type] # not called
    assert content_type == "application/octet-stream"
    assert len(body) == view.nbytes
    assert bytes(body) == view.tobytes()


def test_a_large_array_is_not_copied() -> None:
    """Fails if its bytes are gathered before they are sent."""
    array = np.zeros(1 << 20)
    _, body = Results(repr, float("inf")).write(array)  # type: ignore[arg-type] # not called
    assert isinstance(body, Gathered)
    array[0] = 1
    assert bytes(body)[-array.nbytes :] == array.tobytes()


@pytest.mark.filterwarnings("ignore:Stored array in format 2.0")
def test_many_named_fields_need_a_longer_header() -> None:
    """Fails where only the first version of the format is written."""
    array = np.zeros(2, dtype=[(f"a_rather_long_name_{n}", "i1") for n in range(4000)])
    _, body = Results(repr, float("inf")).write(array)  # type: ignore[arg-type] # not called
    assert np.load(io.BytesIO(bytes(body)), allow_pickle=False, max_header_size=1 << 20).shape == (
        2,
    )


def test_nothing_is_loaded_for_who_has_no_arrays() -> None:
    """Fails if a worker pays for numpy or pyarrow that its adapter does not use."""
    code = (
        "import sys; from snakepit import testing; "
        "w = testing.run('snakepit.adapters.showcase'); w.call_with('bytes_echo', b'x'); "
        "print('numpy' in sys.modules, 'pyarrow' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "False"]


def test_without_a_host_they_come_as_bytes() -> None:
    """Fails if a test sees something else than a caller."""
    with testing.run(arrays) as tools:
        assert npy(tools.call("give", kind="c")).shape == (3, 4)
        with pytest.raises(CallError, match="astype"):
            tools.call("give", kind="objects")
        assert [type(chunk) for chunk in tools.stream("both")] == [bytes, bytes, dict]
