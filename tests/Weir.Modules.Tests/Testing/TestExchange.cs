using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Tests.Testing;

/// <summary>An exchange made from a request as text, and the moments of a module run on it.</summary>
internal sealed class TestExchange
{
    /// <summary>Makes an exchange from "GET /path?query" and lines of header fields; the host is shop.example.com:8443 over TLS.</summary>
    public TestExchange(string requestLine = "GET /", params string[] fields)
        : this(new FakeLoop(), requestLine, fields)
    {
    }

    /// <summary>Makes one on a loop that other exchanges are on, too.</summary>
    public TestExchange(FakeLoop loop, string requestLine, params string[] fields)
    {
        Loop = loop;
        ConnectionInfo connection = new(7, Address("192.0.2.9"), 54321, Address("192.0.2.1"), 443, true, ":443");
        Exchange.Begin(connection, new FakeClient(), Loop);
        Load(requestLine, fields);
    }

    public Exchange Exchange { get; } = new();

    public FakeLoop Loop { get; }

    public RequestHead Request => Exchange.Request;

    /// <summary>The request's path, and its query behind "?".</summary>
    public string Target => Request.PathText + (Request.HasQuery ? "?" + Request.QueryText : "");

    public string RequestFields => Request.Fields.ToString();

    public string ResponseFields => Exchange.Response.Fields.ToString();

    public static IpAddress Address(string text)
    {
        IpAddress.TryParse(text, out IpAddress address).ShouldBeTrue();
        return address;
    }

    /// <summary>Loads a request in place of the one before.</summary>
    public void Load(string requestLine, params string[] fields)
    {
        Request.Clear();
        string[] words = requestLine.Split(' ', 2);
        string[] target = words[1].Split('?', 2);
        Request.SetMethod(Store(words[0]));
        Request.SetTarget(Store(words[1]));
        Request.SetPath(Store(target[0]));
        Request.SetQuery(Store(target.Length > 1 ? target[1] : ""), target.Length > 1);
        Request.SetAuthority(Store("shop.example.com:8443"), Store("shop.example.com"), 8443);
        Request.IsHttps = true;
        Add(Request.Fields, fields);
    }

    /// <summary>Sets the response as an origin would.</summary>
    public TestExchange Respond(int status, params string[] fields)
    {
        Exchange.Response.Clear();
        Exchange.Response.Status = status;
        Add(Exchange.Response.Fields, fields);
        return this;
    }

    public Verdict RunRequest(IModule module)
    {
        ValueTask<Verdict> verdict = module.ShouldBeAssignableTo<IRequestModule>()!.OnRequestAsync(Exchange);
        verdict.IsCompletedSuccessfully.ShouldBeTrue();
        return verdict.Result;
    }

    public void RunResponse(IModule module)
    {
        ValueTask done = module.ShouldBeAssignableTo<IResponseModule>()!.OnResponseAsync(Exchange);
        done.IsCompletedSuccessfully.ShouldBeTrue();
    }

    /// <summary>The answer's content.</summary>
    public string AnswerBody()
    {
        if (Exchange.Response.BodyLength.IsNone)
        {
            return "";
        }

        ReadOnlySpan<byte> octets = Exchange.ResponseBody.ReadAsync().Result.Data.Span;
        octets.Length.ShouldBe((int)Exchange.Response.BodyLength.Octets);
        return Encoding.UTF8.GetString(octets);
    }

    private static void Add(HeaderFields fields, string[] lines)
    {
        foreach (string line in lines)
        {
            int colon = line.IndexOf(": ", StringComparison.Ordinal);
            fields.Add(line[..colon], line[(colon + 2)..]);
        }
    }

    private ByteSlice Store(string text) => Request.Fields.Store(Encoding.Latin1.GetBytes(text));
}
