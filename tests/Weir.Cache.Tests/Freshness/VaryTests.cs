using Weir.Cache.Freshness;

namespace Weir.Cache.Tests.Freshness;

/// <summary>RFC 9111 section 4.1: which requests get the same variant.</summary>
public sealed class VaryTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("Vary: Foo", "foo\n")]
    [InlineData("Vary: Foo, Bar|Vary: baz,foo", "bar\nbaz\nfoo\n")]
    [InlineData("Vary: ,, a ,", "a\n")]
    public void The_names(string response, string names)
    {
        Span<byte> room = stackalloc byte[VaryRules.MostOctets];
        Fields.Text(room[..VaryRules.WriteNames(Fields.OfText(response), room)]).ShouldBe(names);
        VaryRules.IsAny(Fields.OfText(response)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("*")]
    [InlineData("a, *")]
    [InlineData("a b")]
    [InlineData("a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q")]
    public void What_no_request_can_match(string names) => VaryRules.IsAny(Fields.Of("Vary: " + names)).ShouldBeTrue();

    [Theory]
    [InlineData("foo", "Foo: 1", "Foo: 1", true)]
    [InlineData("foo", "Foo: 1", "Foo: 2", false)]
    [InlineData("foo", "Foo: 1", "", false)]
    [InlineData("foo", "Foo: 1", "Foo: 1|Bar: 2", true)]
    [InlineData("foo", "", "", true)]
    [InlineData("foo", "Foo: 1, 2", "Foo: 1,2", true)]
    [InlineData("foo", "Foo: 1|Foo: 2", "Foo: 1, 2", true)]
    [InlineData("foo", "Foo: 1  ;q=1", "Foo: 1;q=1", true)]
    [InlineData("foo", "Foo: a", "Foo: A", false)]
    [InlineData("foo", "Foo: a b", "Foo: ab", false)]
    [InlineData("foo", "Foo: \"a , b\"", "Foo: \"a,b\"", false)]
    [InlineData("accept-language", "Accept-Language: DE, en", "Accept-Language: de,EN", true)]
    [InlineData("accept-encoding", "Accept-Encoding: gzip, br", "Accept-Encoding: br;q=0.5,gzip, x;q=0", true)]
    [InlineData("accept-encoding", "Accept-Encoding: gzip, br", "Accept-Encoding: br, gzip, x", true)]
    [InlineData("accept-encoding", "Accept-Encoding: gzip", "Accept-Encoding: gzip;q=0", false)]
    [InlineData("accept-encoding", "Accept-Encoding: gzip", "Accept-Encoding: gzip, br", false)]
    [InlineData("accept-encoding", "Accept-Encoding: *", "Accept-Encoding: gzip, br, zstd, deflate", true)]
    [InlineData("accept-encoding", "", "Accept-Encoding: identity", false)]
    [InlineData("accept-encoding", "Accept-Encoding: ", "Accept-Encoding: identity", true)]
    [InlineData("accept-encoding", "Accept-Encoding: gzip", "", false)]
    [InlineData("bar\nfoo", "Foo: 1|Bar: 2", "Bar: 2|Foo: 1", true)]
    [InlineData("bar\nfoo", "Foo: 1|Bar: 2", "Bar: 1|Foo: 2", false)]
    public void Two_requests_that_match(string names, string left, string right, bool isSame) =>
        Written(names, left).SequenceEqual(Written(names, right)).ShouldBe(isSame);

    [Fact]
    public void Values_beyond_the_bound_match_nothing() =>
        Write("foo", "Foo: " + new string('x', 5000), new byte[VariantText.MostOctets]).ShouldBe(-1);

    [Fact]
    public void Many_values_stay_within_the_room()
    {
        for (int length = 4060; length < 4100; length++)
        {
            byte[] room = new byte[VariantText.MostOctets];
            Write("a\naccept-encoding\nb", $"a: {new string('x', length)}|b: 1", room).ShouldBeLessThan(VariantText.MostOctets);
        }
    }

    private static byte[] Written(string names, string request)
    {
        byte[] room = new byte[VariantText.MostOctets];
        return room[..Write(names, request, room)];
    }

    private static int Write(string names, string request, byte[] room) =>
        VariantText.Write(Fields.Bytes(names + "\n"), Fields.OfText(request), room);
}
