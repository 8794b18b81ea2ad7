using Weir.Abstractions.Exchanges;
using Weir.Control;
using Weir.Telemetry.Events;

namespace Weir.Tests.Control;

public sealed class SavedBansTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-bans-");
    private readonly StillTime _time = new();

    private string FilePath => Path.Combine(_folder.FullName, "data", "bans.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_ban_is_in_force_until_its_time_is_over()
    {
        SavedBans bans = Open();
        bans.Add(Range("203.0.113.0/24"), TimeSpan.FromHours(1), "scans", "uid 0").Problem.ShouldBeEmpty();
        bans.List.IsBanned(Address("203.0.113.7"), Ms()).ShouldBeTrue();
        bans.List.IsBanned(Address("203.0.114.7"), Ms()).ShouldBeFalse();
        bans.List.IsBanned(IpAddress.None, Ms()).ShouldBeFalse();
        Ban ban = bans.All().ShouldHaveSingleItem();
        ban.ShouldBe(new Ban("203.0.113.0/24", _time.Now.AddHours(1), "scans", "uid 0", _time.Now));
        _time.Now += TimeSpan.FromHours(1);
        bans.List.IsBanned(Address("203.0.113.7"), Ms()).ShouldBeFalse();
        bans.All().ShouldBeEmpty();
    }

    [Fact]
    public void Bans_survive_a_restart_and_a_lifted_one_does_not()
    {
        SavedBans bans = Open();
        bans.Add(Range("203.0.113.7"), TimeSpan.FromHours(1), "", "uid 0");
        bans.Add(Range("2001:db8::/32"), TimeSpan.FromHours(2), "", "uid 0");
        Open().List.IsBanned(Address("203.0.113.7"), Ms()).ShouldBeTrue();
        File.GetUnixFileMode(FilePath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        bans.Lift(Range("203.0.113.7"), "uid 0").Ban!.Range.ShouldBe("203.0.113.7");
        SavedBans again = Open();
        again.List.IsBanned(Address("203.0.113.7"), Ms()).ShouldBeFalse();
        again.List.IsBanned(Address("2001:db8:1::1"), Ms()).ShouldBeTrue();
        again.Lift(Range("2001:db8:1::1"), "uid 0").Problem.ShouldBe("2001:db8:1::1 is banned with 2001:db8::/32: lift that.");
        again.Lift(Range("192.0.2.1"), "uid 0").Problem.ShouldBe("192.0.2.1 is not banned.");
    }

    [Fact]
    public void A_damaged_file_is_set_aside()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, "{");
        SavedBans bans = Open();
        bans.List.IsEmpty.ShouldBeTrue();
        File.Exists(FilePath + ".damaged").ShouldBeTrue();
        bans.Add(Range("203.0.113.7"), TimeSpan.FromHours(1), "", "uid 0").Problem.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("0.0.0.0/0", 60, "", "too large a range")]
    [InlineData("2000::/3", 60, "", "too large a range")]
    [InlineData("203.0.113.7", 0, "", "lasts up to")]
    [InlineData("203.0.113.7", 60000000, "", "lasts up to")]
    [InlineData("203.0.113.7", 60, "a\nb", "control characters")]
    public void What_is_not_to_be_banned_is_refused(string range, int minutes, string why, string says)
    {
        BanChange change = Open().Add(Range(range), TimeSpan.FromMinutes(minutes), why, "uid 0");
        change.Ban.ShouldBeNull();
        change.Problem.ShouldContain(says);
    }

    [Fact]
    public void There_are_only_so_many()
    {
        SavedBans bans = new(null, WeirLog.Silent, _time);
        for (uint i = 0; i < SavedBans.Most; i++)
        {
            bans.List.Swap(new Dictionary<IpPrefix, long>());
            if (i % 1000 == 0)
            {
                bans.Add(IpPrefix.Of(IpAddress.FromIPv4(0x0B000000 + i), 128), TimeSpan.FromHours(1), "", "uid 0").Ban.ShouldNotBeNull();
            }
        }

        bans.All().Count.ShouldBe(10);
    }

    private SavedBans Open()
    {
        SavedBans bans = new(FilePath, WeirLog.Silent, _time);
        bans.Load();
        return bans;
    }

    private long Ms() => _time.Now.ToUnixTimeMilliseconds();

    private static IpPrefix Range(string text)
    {
        IpPrefix.TryParse(text, out IpPrefix range).ShouldBeTrue();
        return range;
    }

    private static IpAddress Address(string text) => Range(text).Address;

    private sealed class StillTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
