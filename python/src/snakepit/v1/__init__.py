"""Messages of the protocol between host and worker, generated from `proto/snakepit/v1`."""
