using Weir.Machine;

namespace Weir.Tests.Machine;

public sealed class CgroupLimitsTests : IDisposable
{
    private const string Unified = "30 20 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("weir-cgroup-");

    [Fact]
    public void Without_control_groups_nothing_is_limited() => Read().ShouldBe(new CgroupLimits(null, null));

    [Fact]
    public void The_word_max_is_no_limit()
    {
        Process("0::/system.slice/weir.service", Unified);
        Group("sys/fs/cgroup/system.slice/weir.service", ("memory.max", "max"), ("memory.high", "max"), ("cpu.max", "max 100000"));

        Read().ShouldBe(new CgroupLimits(null, null));
    }

    [Fact]
    public void The_process_s_own_group_limits_it()
    {
        Process("0::/system.slice/weir.service", Unified);
        Group(
            "sys/fs/cgroup/system.slice/weir.service", ("memory.max", "1073741824"), ("memory.high", "max"), ("cpu.max", "150000 100000"));

        Read().ShouldBe(new CgroupLimits(1L << 30, 1.5));
    }

    [Fact]
    public void A_group_above_limits_it_too()
    {
        Process("0::/pods/pod1/weir", Unified);
        Group("sys/fs/cgroup/pods", ("memory.max", "536870912"), ("cpu.max", "50000 100000"));
        Group("sys/fs/cgroup/pods/pod1", ("memory.max", "max"), ("cpu.max", "max 100000"));
        Group("sys/fs/cgroup/pods/pod1/weir", ("memory.max", "1073741824"), ("cpu.max", "200000 100000"));

        Read().ShouldBe(new CgroupLimits(512L << 20, 0.5));
    }

    [Fact]
    public void The_limit_that_slows_counts_as_the_one_that_kills()
    {
        Process("0::/weir", Unified);
        Group("sys/fs/cgroup/weir", ("memory.max", "1073741824"), ("memory.high", "805306368"));

        Read().MemoryOctets.ShouldBe(768L << 20);
    }

    [Fact]
    public void A_container_s_group_stands_at_the_mount_point()
    {
        Process("0::/", Unified);
        Group("sys/fs/cgroup", ("memory.max", "268435456"), ("cpu.max", "100000 100000"));

        Read().ShouldBe(new CgroupLimits(256L << 20, 1));
    }

    [Fact]
    public void A_group_outside_the_namespace_is_read_at_the_mount_point()
    {
        Process("0::/../other/weir", Unified);
        Group("sys/fs/cgroup", ("memory.max", "268435456"));

        Read().MemoryOctets.ShouldBe(256L << 20);
    }

    [Fact]
    public void The_first_version_has_a_hierarchy_for_each_controller()
    {
        Process(
            "4:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n1:name=systemd:/docker/abc",
            "31 20 0:27 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
            + "32 20 0:28 /docker/abc /sys/fs/cgroup/cpu\\040time rw - cgroup cgroup rw,cpu,cpuacct");
        Group("sys/fs/cgroup/memory", ("memory.limit_in_bytes", "134217728"));
        Group("sys/fs/cgroup/cpu time", ("cpu.cfs_quota_us", "250000"), ("cpu.cfs_period_us", "100000"));

        Read().ShouldBe(new CgroupLimits(128L << 20, 2.5));
    }

    [Fact]
    public void The_first_version_writes_no_limit_as_a_huge_number_and_as_minus_one()
    {
        Process(
            "4:memory:/\n3:cpu:/",
            "31 20 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n32 20 0:28 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu");
        Group("sys/fs/cgroup/memory", ("memory.limit_in_bytes", "9223372036854771712"));
        Group("sys/fs/cgroup/cpu", ("cpu.cfs_quota_us", "-1"), ("cpu.cfs_period_us", "100000"));

        Read().ShouldBe(new CgroupLimits(null, null));
    }

    [Fact]
    public void A_machine_with_both_versions_gives_each_controller_its_own()
    {
        Process(
            "4:memory:/a\n0::/a",
            Unified + "\n31 20 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory");
        Group("sys/fs/cgroup/a", ("cpu.max", "100000 100000"));
        Group("sys/fs/cgroup/memory/a", ("memory.limit_in_bytes", "67108864"));

        Read().ShouldBe(new CgroupLimits(64L << 20, 1));
    }

    [Theory]
    [InlineData("junk")]
    [InlineData("")]
    [InlineData("-5")]
    [InlineData("99999999999999999999999")]
    public void What_is_no_limit_is_skipped(string text)
    {
        Process("0::/weir\nno colons\n", "too short\n" + Unified);
        Group("sys/fs/cgroup/weir", ("memory.max", text), ("cpu.max", text));

        Read().ShouldBe(new CgroupLimits(null, null));
    }

    [Theory]
    [InlineData(8, null, 8)]
    [InlineData(8, 2.0, 2)]
    [InlineData(8, 1.2, 2)]
    [InlineData(8, 0.1, 1)]
    [InlineData(2, 16.0, 2)]
    public void A_share_of_the_processors_is_rounded_up_to_loops(int processors, double? share, int loops) =>
        MachineLimits.CoresOf(processors, share).ShouldBe(loops);

    [Fact]
    public void A_quarter_of_the_descriptors_and_a_reserve_are_not_for_clients()
    {
        MachineLimits.PossibleConnections(65536).ShouldBe(65536 - 16384 - 256);
        MachineLimits.PossibleConnections(64).ShouldBe(1);
    }

    [Fact]
    public void This_machine_has_some_of_each()
    {
        MachineLimits.MemoryOctets.ShouldBeGreaterThan(1 << 20);
        MachineLimits.Cores.ShouldBeInRange(1, Environment.ProcessorCount);
        MachineLimits.Descriptors.ShouldBeGreaterThan(16);
    }

    public void Dispose() => _root.Delete(recursive: true);

    private CgroupLimits Read() => CgroupLimits.Read(_root.FullName);

    private void Process(string groups, string mounts)
    {
        string folder = Path.Combine(_root.FullName, "proc/self");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "cgroup"), groups + "\n");
        File.WriteAllText(Path.Combine(folder, "mountinfo"), mounts + "\n");
    }

    private void Group(string folder, params (string Name, string Text)[] files)
    {
        string path = Path.Combine(_root.FullName, folder);
        Directory.CreateDirectory(path);
        foreach ((string name, string text) in files)
        {
            File.WriteAllText(Path.Combine(path, name), text + "\n");
        }
    }
}
