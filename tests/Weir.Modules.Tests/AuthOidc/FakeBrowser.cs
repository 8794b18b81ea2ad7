using Weir.Abstractions.Modules;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.AuthOidc;

/// <summary>A browser that keeps cookies and asks one module.</summary>
internal sealed class FakeBrowser
{
    private readonly IModule _module;

    public FakeBrowser(IModule module) => _module = module;

    public Dictionary<string, string> Jar { get; } = [];

    public TestExchange Last { get; private set; } = new();

    public FakeLoop Loop { get; } = new();

    public string Address { get; init; } = "192.0.2.9";

    public string? Location => Last.Exchange.Response.Fields.GetText("Location"u8);

    public string SetCookies =>
        string.Join("\n", Last.ResponseFields.Split("\r\n").Where(line => line.StartsWith("Set-Cookie: ", StringComparison.Ordinal)));

    /// <summary>Goes to a page. True: the module let it pass.</summary>
    public Task<bool> GoAsync(string target, params string[] fields) => AskAsync("GET " + target, ["Sec-Fetch-Mode: navigate", .. fields]);

    /// <summary>Sends a request. True: the module let it pass.</summary>
    public Task<bool> AskAsync(string requestLine, params string[] fields)
    {
        string[] cookies = Jar.Count == 0 ? [] : ["Cookie: " + string.Join("; ", Jar.Select(pair => $"{pair.Key}={pair.Value}"))];
        Last = new TestExchange(Loop, requestLine, [.. fields, .. cookies]);
        Last.Exchange.ClientAddress = TestExchange.Address(Address);
        Verdict verdict = OneThread.Run(() => ((IRequestModule)_module).OnRequestAsync(Last.Exchange));
        if (verdict == Verdict.Continue)
        {
            Last.Respond(200, "Cache-Control: public, max-age=60", "CDN-Cache-Control: max-age=99");
            Last.RunResponse(_module);
        }

        Keep(Last.Exchange.Error is null ? Last.ResponseFields : Last.Exchange.ErrorFields.ToString());
        return Task.FromResult(verdict == Verdict.Continue);
    }

    /// <summary>Logs in by a provider, from a page on.</summary>
    public async Task LogInAsync(FakeProvider provider, string target = "/page?x=1")
    {
        (await GoAsync(target)).ShouldBeFalse();
        Last.Exchange.Error.ShouldBeNull();
        (await GoAsync(provider.LogIn(Location!))).ShouldBeFalse();
    }

    private void Keep(string fields)
    {
        foreach (string line in fields.Split("\r\n").Where(line => line.StartsWith("Set-Cookie: ", StringComparison.Ordinal)))
        {
            string[] parts = line["Set-Cookie: ".Length..].Split("; ");
            parts[1..5].ShouldBe(["Path=/", "Secure", "HttpOnly", "SameSite=Lax"]);
            line.Length.ShouldBeLessThan(4096);
            int equals = parts[0].IndexOf('=', StringComparison.Ordinal);
            string name = parts[0][..equals];
            name.ShouldStartWith("__Host-weir");
            if (parts[5] == "Max-Age=0")
            {
                Jar.Remove(name);
            }
            else
            {
                Jar[name] = parts[0][(equals + 1)..];
            }
        }
    }
}
