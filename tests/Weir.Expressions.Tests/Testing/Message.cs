using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Expressions.Tests.Testing;

/// <summary>A request and its response as plain texts, and the exchange that is made of them.</summary>
internal sealed record Message
{
    public string Method { get; init; } = "GET";

    public string Path { get; init; } = "/admin/users";

    public string Query { get; init; } = "a=1&b=x%20y&a=2";

    public string Host { get; init; } = "shop.example.com";

    public string Client { get; init; } = "192.0.2.9";

    public int Status { get; init; } = 200;

    public (string Name, string Value)[] Headers { get; init; } =
        [("Accept", "text/html"), ("X-Key", "one"), ("x-key", "Two"), ("Cookie", "sid=abc; theme=dark"), ("User-Agent", "curl/8.5")];

    public (string Name, string Value)[] ResponseHeaders { get; init; } = [("Server", "Origin/1.0"), ("X-Powered-By", "magic")];

    public Exchange ToExchange()
    {
        Exchange exchange = new();
        IpAddress.TryParse(Client, out IpAddress client).ShouldBeTrue();
        IpAddress.TryParse("198.51.100.1", out IpAddress local).ShouldBeTrue();
        exchange.Begin(new ConnectionInfo(1, client, 50123, local, 443, true, ":443"), null!, null!);
        RequestHead request = exchange.Request;
        request.SetMethod(Store(Method));
        request.SetTarget(Store(Path));
        request.SetPath(Store(Path));
        request.SetQuery(Store(Query), Query.Length > 0);
        request.SetAuthority(Store(Host), Store(Host), 8443);
        request.Version = HttpVersion.Http11;
        request.IsHttps = true;
        exchange.Response.Status = Status;
        Add(request.Fields, Headers);
        Add(exchange.Response.Fields, ResponseHeaders);
        return exchange;

        ByteSlice Store(string text) => request.Fields.Store(Encoding.Latin1.GetBytes(text));
    }

    private static void Add(HeaderFields fields, (string Name, string Value)[] headers)
    {
        foreach ((string name, string value) in headers)
        {
            fields.Add(name, value);
        }
    }
}
