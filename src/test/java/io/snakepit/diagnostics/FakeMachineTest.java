package io.snakepit.diagnostics;

import java.util.Map;

class FakeMachineTest extends MachineContract {
  @Override
  Machine with(Map<String, String> files) {
    FakeMachine machine = new FakeMachine();
    files.forEach((path, text) -> machine.file(root() + "/" + path, text));
    return machine;
  }

  @Override
  String root() {
    return "/fake";
  }
}
