"""Makes the files that adapters load, by the libraries themselves.

Run in the environment of the libraries: ``python files.py FOLDER NAME...``.
"""

from __future__ import annotations

import csv
import pickle
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

RECORD_BYTES = 64
RECORDS = 100


def sales(folder: Path) -> None:
    """A table of 5,000 rows."""
    with (folder / "sales.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["shop", "amount"])
        writer.writerows((f"shop{row % 23}", row * 7919 % 1000 / 4) for row in range(5000))


def records(folder: Path) -> None:
    """Records of one width, and a zip file of them."""
    texts = [
        f"record {number} ".ljust(RECORD_BYTES, "abcdefg"[number % 7]) for number in range(RECORDS)
    ]
    (folder / "records.bin").write_text("".join(texts))
    with zipfile.ZipFile(folder / "records.zip", "w") as archive:
        for number, text in enumerate(texts):
            archive.writestr(str(number), text * 50)


def lightgbm_model(folder: Path) -> None:
    """A small model."""
    import lightgbm

    rows, target = _samples()
    data = lightgbm.Dataset(rows, target)
    settings = {"verbose": -1, "num_threads": 1, "num_leaves": 15}
    lightgbm.train(settings, data, 20).save_model(folder / "lightgbm.txt")


def xgboost_model(folder: Path) -> None:
    """A small model."""
    import xgboost

    rows, target = _samples()
    data = xgboost.DMatrix(rows, target)
    xgboost.train({"nthread": 1, "max_depth": 4}, data, 20).save_model(folder / "xgboost.json")


def scikit_learn_models(folder: Path) -> None:
    """Three fitted models."""
    from sklearn.cluster import KMeans
    from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor

    rows, target = _samples()
    models = {
        "boosting": HistGradientBoostingRegressor(max_iter=20, random_state=1),
        "forest": RandomForestRegressor(20, n_jobs=2, random_state=1),
        "kmeans": KMeans(5, random_state=1, n_init=1),
    }
    for name, model in models.items():
        (folder / f"{name}.pickle").write_bytes(pickle.dumps(model.fit(rows, target)))


def onnx_model(folder: Path) -> None:
    """A product of matrices, large enough for several threads."""
    import numpy as np
    from onnx import TensorProto, checker, helper, numpy_helper, save

    weights = (np.arange(65_536, dtype=np.float32) % 13 / 13).reshape(256, 256)
    shape = [256, 256]
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["rows", "weights"], ["product"]),
            helper.make_node("Sigmoid", ["product"], ["result"]),
        ],
        "product",
        [helper.make_tensor_value_info("rows", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("result", TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(weights, "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model)
    save(model, folder / "model.onnx")


def tokenizer(folder: Path) -> None:
    """A tokenizer that a few sentences have taught."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    trainer = trainers.BpeTrainer(vocab_size=200, show_progress=False)
    texts = [f"the shop number {number} sold {number * 3} apples" for number in range(100)]
    made.train_from_iterator(texts, trainer)
    made.save(str(folder / "tokenizer.json"))


def _samples() -> tuple[Any, Any]:
    import numpy as np

    rows = np.sin(np.arange(16_000.0).reshape(2000, 8) * 1.7)
    return rows, rows[:, 0] * 3 + rows[:, 1] ** 2


MAKERS: dict[str, Callable[[Path], None]] = {
    "sales": sales,
    "records": records,
    "lightgbm": lightgbm_model,
    "xgboost": xgboost_model,
    "scikit-learn": scikit_learn_models,
    "onnx": onnx_model,
    "tokenizer": tokenizer,
}


if __name__ == "__main__":
    for name in sys.argv[2:]:
        MAKERS[name](Path(sys.argv[1]))
