"""Parts that the scripts share: hosts as users run them, processes, load, and the verdict."""

from chaos.host import Host
from chaos.hostility import ABLE, ALL, IN_GROUP, Hostility
from chaos.load import Load
from chaos.processes import Family, Process
from chaos.verdict import Failed, Trial, check, judge, main

__all__ = [
    "ABLE",
    "ALL",
    "IN_GROUP",
    "Failed",
    "Family",
    "Host",
    "Hostility",
    "Load",
    "Process",
    "Trial",
    "check",
    "judge",
    "main",
]
