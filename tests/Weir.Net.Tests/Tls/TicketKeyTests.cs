using System.Security.Cryptography;
using Weir.Net.Tls;

namespace Weir.Net.Tests.Tls;

public sealed class TicketKeyTests
{
    [Fact]
    public void Own_keys_rotate_by_the_clock_and_open_for_two_hours_more()
    {
        Clock clock = new();
        TlsTicketKeys keys = new(clock);
        TlsTicketKey first = keys.Keys[0];
        clock.Pass(TimeSpan.FromMinutes(59));
        keys.RotateWhenDue();
        keys.Keys[0].ShouldBeSameAs(first);
        clock.Pass(TimeSpan.FromMinutes(1));
        keys.RotateWhenDue();
        keys.Keys[0].ShouldNotBeSameAs(first);
        clock.Pass(TimeSpan.FromMinutes(119));
        for (int i = 0; i < 3; i++)
        {
            keys.RotateWhenDue();
        }

        keys.Keys.ShouldContain(first, "Tickets live for two hours, and it may have sealed one at the very end of its hour.");
        clock.Pass(TimeSpan.FromHours(1));
        keys.RotateWhenDue();
        keys.Keys.ShouldNotContain(first);
        keys.Keys.Length.ShouldBe(3);
    }

    [Fact]
    public void Shared_keys_are_rotated_by_their_file_alone()
    {
        Clock clock = new();
        TlsTicketKeys keys = new(clock);
        byte[] octets = RandomNumberGenerator.GetBytes(2 * TlsTicketKeys.KeyOctets);
        keys.Import(octets).ShouldBeTrue();
        TlsTicketKey[] imported = keys.Keys;
        imported[0].Name.SequenceEqual(octets.AsSpan(0, 16)).ShouldBeTrue("The first one seals.");
        clock.Pass(TimeSpan.FromDays(1));
        keys.RotateWhenDue();
        keys.Keys.ShouldBeSameAs(imported);
        keys.UseOwn();
        keys.Keys.Length.ShouldBe(1);
        keys.Keys[0].Name.SequenceEqual(octets.AsSpan(0, 16)).ShouldBeFalse();
        TlsTicketKey own = keys.Keys[0];
        keys.UseOwn();
        keys.Keys[0].ShouldBeSameAs(own, "They are its own already.");
    }

    [Fact]
    public void Two_keys_of_one_name_are_found()
    {
        byte[] octets = RandomNumberGenerator.GetBytes(3 * TlsTicketKeys.KeyOctets);
        TlsTicketKeys.HasTwice(octets).ShouldBeFalse();
        octets.AsSpan(0, 16).CopyTo(octets.AsSpan(160));
        TlsTicketKeys.HasTwice(octets).ShouldBeTrue();
    }

    private sealed class Clock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Pass(TimeSpan time) => _ticks += time.Ticks;
    }
}
