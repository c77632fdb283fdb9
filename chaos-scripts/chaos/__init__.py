"""What the scripts share: hosts as a user runs them, the process table, load, and the verdict."""

from chaos.host import Host
from chaos.load import Load
from chaos.processes import Family, Process
from chaos.verdict import Failed, Trial, check, judge, main

__all__ = ["Failed", "Family", "Host", "Load", "Process", "Trial", "check", "judge", "main"]
