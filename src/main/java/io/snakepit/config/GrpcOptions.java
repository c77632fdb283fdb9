package io.snakepit.config;

/** Options of the gRPC server. {@code port} 0 takes a free one. */
public record GrpcOptions(boolean enabled, String host, int port, long maxMessageBytes) {}
