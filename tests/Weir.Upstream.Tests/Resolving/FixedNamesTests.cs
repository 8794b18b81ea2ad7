using Weir.Abstractions.Errors;
using Weir.Upstream.Resolving;

namespace Weir.Upstream.Tests.Resolving;

public sealed class FixedNamesTests : IDisposable
{
    private readonly ResolverDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("[2001:db8::1]", "2001:db8::1")]
    [InlineData("localhost", "::1 127.0.0.1")]
    [InlineData("LOCALHOST.", "::1 127.0.0.1")]
    [InlineData("app.localhost", "::1 127.0.0.1")]
    public async Task Literals_and_localhost_are_known_at_once_without_asking(string host, string expected)
    {
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(q => AnswerWriter.To(q).Address(q.Name, "203.0.113.1").ToArray());
        _directory.Write(_directory.Hosts, "203.0.113.2 localhost app.localhost\n");
        FakeTime time = new();
        using NameResolver resolver = new(_directory.Options(server), time);

        ResolvedName name = resolver.Get(host);
        string.Join(' ', name.Addresses).ShouldBe(expected);
        name.Error.ShouldBeNull();
        using ResolutionWatch<ResolvedName> watch = resolver.Watch(host);
        time.Advance(TimeSpan.FromHours(2));
        watch.Current.Addresses.ShouldBe(name.Addresses);
        (await resolver.ResolveAsync(host)).Addresses.ShouldBe(name.Addresses);
        resolver.Counters.Queries.ShouldBe(0);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData("-host-with space")]
    [InlineData("bücher.example")]
    [InlineData("a/b")]
    [InlineData("10.0.0")]
    [InlineData("app.0x7f")]
    [InlineData("1")]
    [InlineData("name.invalid")]
    [InlineData("hidden.onion")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.test")]
    public async Task What_is_no_name_is_an_error_without_asking(string host)
    {
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(q => AnswerWriter.To(q).Address(q.Name, "203.0.113.1").ToArray());
        using NameResolver resolver = new(_directory.Options(server), new FakeTime());
        ResolvedName name = resolver.Get(host);
        name.IsPending.ShouldBeFalse();
        name.Addresses.ShouldBeEmpty();
        name.Error.ShouldBe(ProxyErrors.DnsError);
        name.ErrorText.ShouldNotBeEmpty();
        resolver.Counters.Queries.ShouldBe(0);
    }

    [Fact]
    public void Hosts_that_only_contain_localhost_are_ordinary_names()
    {
        FixedNames.TryGet("notlocalhost", out _).ShouldBeFalse();
        FixedNames.TryGet("localhost.example", out _).ShouldBeFalse();
        FixedNames.TryGet("app_1.internal", out _).ShouldBeFalse();
    }
}
