package io.snakepit.config;

/** How gRPC is served. {@code port} 0 takes a free one. */
public record GrpcOptions(boolean enabled, String host, int port, long maxMessageBytes) {}
