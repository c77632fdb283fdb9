package io.snakepit.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CgroupsTest {
  private static final String V2_MOUNT =
      "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
  private static final String V1_MOUNTS =
      """
      31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
      32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
      35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
      39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
      """;
  private static final String V1 =
      "9:pids:/app\n4:memory:/app/web\n1:cpu,cpuacct:/app\n2:name=systemd:/app\n";

  private static FakeMachine v2(String group) {
    return new FakeMachine()
        .file("/proc/self/cgroup", "0::" + group + "\n")
        .file("/proc/self/mountinfo", V2_MOUNT);
  }

  private static FakeMachine v1() {
    return new FakeMachine().file("/proc/self/cgroup", V1).file("/proc/self/mountinfo", V1_MOUNTS);
  }

  @Test
  void memoryOfVersion2IsWhatIsLeftWithoutTheCache() {
    FakeMachine machine =
        v2("/app")
            .file("/sys/fs/cgroup/app/memory.max", "1000000\n")
            .file("/sys/fs/cgroup/app/memory.current", "400000\n")
            .file("/sys/fs/cgroup/app/memory.stat", "file 300000\ninactive_file 100000\n");

    assertThat(new Cgroups(machine).memory())
        .isEqualTo(new Bound(Resource.MEMORY, "cgroup memory.max", 700_000));
  }

  @Test
  void aGroupAboveMayLeaveLess() {
    FakeMachine machine =
        v2("/top/app")
            .file("/sys/fs/cgroup/top/app/pids.max", "max\n")
            .file("/sys/fs/cgroup/top/app/pids.current", "5\n")
            .file("/sys/fs/cgroup/top/pids.max", "100\n")
            .file("/sys/fs/cgroup/top/pids.current", "60\n");

    assertThat(new Cgroups(machine).pids().left()).isEqualTo(40);
  }

  @Test
  void aQuotaOfProcessorsMayBeAFraction() {
    FakeMachine machine = v2("/app").file("/sys/fs/cgroup/app/cpu.max", "150000 100000\n");

    assertThat(new Cgroups(machine).cpu())
        .isEqualTo(new Bound(Resource.CPU, "cgroup cpu.max", 1.5));
  }

  @Test
  void withoutAQuotaThereIsNoLimit() {
    FakeMachine machine = v2("/app").file("/sys/fs/cgroup/app/cpu.max", "max 100000\n");

    assertThat(new Cgroups(machine).cpu().left()).isInfinite();
  }

  @Test
  void version1HasADirectoryForEachController() {
    FakeMachine machine =
        v1().file("/sys/fs/cgroup/memory/app/web/memory.limit_in_bytes", "9223372036854771712\n")
            .file("/sys/fs/cgroup/memory/app/web/memory.usage_in_bytes", "300\n")
            .file("/sys/fs/cgroup/memory/app/memory.limit_in_bytes", "1000\n")
            .file("/sys/fs/cgroup/memory/app/memory.usage_in_bytes", "500\n")
            .file("/sys/fs/cgroup/memory/app/memory.stat", "total_inactive_file 50\n")
            .file("/sys/fs/cgroup/pids/app/pids.max", "64\n")
            .file("/sys/fs/cgroup/pids/app/pids.current", "4\n")
            .file("/sys/fs/cgroup/cpu,cpuacct/app/cpu.cfs_quota_us", "50000\n")
            .file("/sys/fs/cgroup/cpu,cpuacct/app/cpu.cfs_period_us", "100000\n");
    Cgroups cgroups = new Cgroups(machine);

    assertThat(cgroups.memory())
        .isEqualTo(new Bound(Resource.MEMORY, "cgroup memory.limit_in_bytes", 550));
    assertThat(cgroups.pids().left()).isEqualTo(60);
    assertThat(cgroups.cpu()).isEqualTo(new Bound(Resource.CPU, "cgroup cpu.cfs_quota_us", 0.5));
  }

  @Test
  void aQuotaOfMinusOneIsNone() {
    FakeMachine machine =
        v1().file("/sys/fs/cgroup/cpu,cpuacct/app/cpu.cfs_quota_us", "-1\n")
            .file("/sys/fs/cgroup/cpu,cpuacct/app/cpu.cfs_period_us", "100000\n");

    assertThat(new Cgroups(machine).cpu().left()).isInfinite();
  }

  /** A container's own group is mounted as the root. */
  @Test
  void aPathFromOutsideIsSeenFromInside() {
    FakeMachine machine =
        new FakeMachine()
            .file("/proc/self/cgroup", "9:pids:/docker/abc\n")
            .file(
                "/proc/self/mountinfo",
                "39 31 0:36 /docker/abc /sys/fs/cgroup/pids ro - cgroup cgroup rw,pids\n")
            .file("/sys/fs/cgroup/pids/pids.max", "20\n")
            .file("/sys/fs/cgroup/pids/pids.current", "12\n");

    assertThat(new Cgroups(machine).pids().left()).isEqualTo(8);
  }

  @Test
  void aGroupOutsideOfTheNamespaceIsNotLookedFor() {
    FakeMachine machine =
        v2("/../other")
            .file("/sys/fs/cgroup/pids.max", "20\n")
            .file("/sys/fs/cgroup/pids.current", "12\n");

    assertThat(new Cgroups(machine).pids().left()).isEqualTo(8);
  }

  @Test
  void theRootGroupBoundsNothing() {
    Cgroups cgroups = new Cgroups(v2("/"));

    assertThat(cgroups.memory().left()).isInfinite();
    assertThat(cgroups.pids().left()).isInfinite();
    assertThat(cgroups.cpu().left()).isInfinite();
  }

  @Test
  void withoutProcNothingIsKnown() {
    Cgroups cgroups = new Cgroups(new FakeMachine());

    assertThat(cgroups.memory().left()).isNaN();
    assertThat(cgroups.pids().left()).isNaN();
    assertThat(cgroups.cpu().left()).isNaN();
  }
}
