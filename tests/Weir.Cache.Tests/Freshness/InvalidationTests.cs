using Weir.Abstractions.Heads;
using Weir.Cache.Freshness;

namespace Weir.Cache.Tests.Freshness;

/// <summary>RFC 9111 section 4.4: what an unsafe request makes invalid.</summary>
public sealed class InvalidationTests
{
    [Theory]
    [InlineData(RequestMethod.Post, 200, true)]
    [InlineData(RequestMethod.Put, 204, true)]
    [InlineData(RequestMethod.Delete, 303, true)]
    [InlineData(RequestMethod.Patch, 200, true)]
    [InlineData(RequestMethod.Other, 200, true)]
    [InlineData(RequestMethod.Post, 404, false)]
    [InlineData(RequestMethod.Post, 500, false)]
    [InlineData(RequestMethod.Get, 200, false)]
    [InlineData(RequestMethod.Head, 200, false)]
    [InlineData(RequestMethod.Options, 200, false)]
    [InlineData(RequestMethod.Query, 200, false)]
    public void A_method_and_its_status(RequestMethod method, int status, bool applies) =>
        Invalidation.Applies(method, status).ShouldBe(applies);

    [Theory]
    [InlineData("/b", "/b")]
    [InlineData("/b?c=d#e", "/b?c=d")]
    [InlineData("b", "/a/b")]
    [InlineData("?c", "/a/x?c")]
    [InlineData("", "/a/x")]
    [InlineData("http://a.test/b", "/b")]
    [InlineData("HTTP://A.test:80/b", "/b")]
    [InlineData("//a.test/b", "/b")]
    [InlineData("http://a.test", "/")]
    [InlineData("http://a.test?c", "/?c")]
    [InlineData("https://a.test/b", null)]
    [InlineData("http://b.test/b", null)]
    [InlineData("http://a.test:8080/b", null)]
    [InlineData("mailto:a@a.test", null)]
    [InlineData("//b.test/b", null)]
    public void What_a_location_names(string reference, string? target)
    {
        byte[] room = new byte[100];
        bool isSame = Invalidation.TryResolve(
            Fields.Bytes(reference), Fields.Request("", "POST", "/a/x"), room, out ReadOnlySpan<byte> found);
        (isSame ? Fields.Text(found) : null).ShouldBe(target);
    }
}
