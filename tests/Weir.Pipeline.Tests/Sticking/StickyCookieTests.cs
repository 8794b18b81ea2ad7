using System.Text;
using Weir.Pipeline.Sticking;

namespace Weir.Pipeline.Tests.Sticking;

/// <summary>Proves what a cookie's value says to who has the key, and that it says nothing to anybody else.</summary>
public sealed class StickyCookieTests
{
    private const ulong Number = 0x0123456789ABCDEF;
    private const long Now = 1_800_000_000;

    private static readonly StickyPolicy _policy = PolicyOf(1);

    [Fact]
    public void What_was_written_is_read()
    {
        byte[] value = Write(_policy, 7);
        StickyCookie.TryRead(_policy, value, Now + 10, out ulong number, out long age).ShouldBeTrue();
        number.ShouldBe(Number);
        age.ShouldBe(10);
    }

    [Fact]
    public void Clients_of_one_server_have_different_values_of_which_none_holds_its_number()
    {
        byte[] one = Write(_policy, 1);
        byte[] other = Write(_policy, 2);
        one.ShouldNotBe(other);
        byte[] octets = System.Buffers.Text.Base64Url.DecodeFromUtf8(one);
        byte[] number = BitConverter.GetBytes(Number);
        octets.AsSpan().IndexOf(number).ShouldBe(-1);
        Array.Reverse(number);
        octets.AsSpan().IndexOf(number).ShouldBe(-1);
        Encoding.ASCII.GetString(one).ShouldAllBe(c => char.IsAsciiLetterOrDigit(c) || c == '-' || c == '_');
    }

    [Fact]
    public void A_value_is_believed_until_its_time_is_over()
    {
        byte[] value = Write(_policy, 1);
        IsRead(_policy, value, Now + 3599).ShouldBeTrue();
        IsRead(_policy, value, Now + 3600).ShouldBeFalse();
        IsRead(_policy, value, Now - 60).ShouldBeTrue();
        IsRead(_policy, value, Now - 4000).ShouldBeFalse();
    }

    [Fact]
    public void Another_key_reads_nothing()
    {
        byte[] value = Write(_policy, 1);
        IsRead(PolicyOf(2), value, Now).ShouldBeFalse();
        IsRead(PolicyOf(1), value, Now).ShouldBeTrue();
    }

    [Fact]
    public void A_value_of_which_anything_was_changed_is_not_read()
    {
        byte[] value = Write(_policy, 1);
        for (int at = 0; at < value.Length; at++)
        {
            byte right = value[at];
            for (int octet = 0; octet < 256; octet++)
            {
                value[at] = (byte)octet;
                IsRead(_policy, value, Now).ShouldBe(octet == right);
            }

            value[at] = right;
        }
    }

    [Fact]
    public void A_value_of_another_length_is_not_read()
    {
        byte[] value = Write(_policy, 1);
        for (int length = 0; length < value.Length; length++)
        {
            IsRead(_policy, value.AsSpan(0, length), Now).ShouldBeFalse();
        }

        IsRead(_policy, [.. value, .. "="u8], Now).ShouldBeFalse();
        IsRead(_policy, [.. value, .. value], Now).ShouldBeFalse();
    }

    [Fact]
    public void Random_values_are_never_read_and_never_an_error()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        byte[] value = new byte[StickyCookie.TextOctets];
        for (int i = 0; i < 50_000; i++)
        {
            random.NextBytes(value);
            if (i % 2 == 0)
            {
                for (int at = 0; at < value.Length; at++)
                {
                    value[at] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8[value[at] & 63];
                }
            }

            IsRead(_policy, value.AsSpan(0, i % 10 == 0 ? random.Next(value.Length) : value.Length), Now).ShouldBeFalse($"seed {seed}");
        }
    }

    [Fact]
    public void Reading_and_writing_allocate_nothing()
    {
        byte[] value = Write(_policy, 1);
        long least = long.MaxValue;
        for (int round = 0; round < 20; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                StickyCookie.TryRead(_policy, value, Now, out _, out _);
                StickyCookie.Write(_policy.Keys, Number, (uint)i, Now, value);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        least.ShouldBe(0);
    }

    [Fact]
    public void A_servers_number_depends_on_its_upstream_its_name_and_the_key()
    {
        ulong[] numbers =
        [
            PolicyOf(1).Keys.NumberOf("app", "a:80"), PolicyOf(1).Keys.NumberOf("app", "b:80"),
            PolicyOf(1).Keys.NumberOf("other", "a:80"), PolicyOf(2).Keys.NumberOf("app", "a:80"),
        ];
        numbers.Distinct().Count().ShouldBe(4);
        PolicyOf(1).Keys.NumberOf("app", "a:80").ShouldBe(numbers[0]);
    }

    private static StickyPolicy PolicyOf(byte secret)
    {
        byte[] octets = new byte[StickyKeys.SecretOctets];
        octets[0] = secret;
        return new StickyPolicy("weir_srv", TimeSpan.FromHours(1), new StickyKeys(octets));
    }

    private static byte[] Write(StickyPolicy policy, uint salt)
    {
        byte[] value = new byte[StickyCookie.TextOctets];
        StickyCookie.Write(policy.Keys, Number, salt, Now, value);
        return value;
    }

    private static bool IsRead(StickyPolicy policy, ReadOnlySpan<byte> value, long now) =>
        StickyCookie.TryRead(policy, value, now, out _, out _);
}
