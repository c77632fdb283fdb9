"""Stands in for snakepit._keeper.cgroup where the machine's own cgroups must not matter."""


class Unusable(Exception):
    pass


class Cgroups:
    pass


def find(*_: object) -> Cgroups:
    raise Unusable("hidden by a test")
