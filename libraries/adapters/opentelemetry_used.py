"""Sets up tracing on import, whose processor starts a thread."""

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from snakepit import tool

__snakepit_thread_safe__ = True


class Nowhere(SpanExporter):  # type: ignore[misc] # the library has no types here
    """Drops what it gets."""

    def export(self, spans: object) -> object:
        """Drops spans."""
        del spans
        return SpanExportResult.SUCCESS


PROVIDER = TracerProvider()
PROVIDER.add_span_processor(BatchSpanProcessor(Nowhere()))
trace.set_tracer_provider(PROVIDER)
TRACER = trace.get_tracer("matrix")


@tool
def answer(n: int) -> bool:
    """Makes a span."""
    with TRACER.start_as_current_span("answer") as span:
        span.set_attribute("n", n)
        return bool(span.is_recording())
