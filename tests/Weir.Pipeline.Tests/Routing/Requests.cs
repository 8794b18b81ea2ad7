using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Pipeline.Tests.Routing;

/// <summary>Exchanges as routing sees them.</summary>
internal static class Requests
{
    public static Exchange Of(string method, string path, params (string Name, string Value)[] fields)
    {
        Exchange exchange = new();
        Fill(exchange.Request, method, path, fields);
        return exchange;
    }

    public static void Fill(RequestHead request, string method, string path, params (string Name, string Value)[] fields)
    {
        request.Clear();
        request.SetMethod(request.Fields.Store(Encoding.ASCII.GetBytes(method)));
        request.ReplacePath(Encoding.Latin1.GetBytes(path));
        foreach ((string name, string value) in fields)
        {
            request.Fields.Add(name, value);
        }
    }
}
