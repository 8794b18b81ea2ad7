using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Origins;

/// <summary>Requests one after another, and who served them.</summary>
internal static class BalanceTalk
{
    public static string Servers(string options, params string[] servers) => $$"""
        listen: [":8080"]
        upstreams:
          app:
            servers: [{{string.Join(", ", servers)}}]
            {{options}}
        sites:
          "*": { routes: [{ to: app }] }
        """;

    /// <summary>One request; the authority of the server that it reached, and the answer.</summary>
    public static (string Server, Message Answer) Ask(this Proxy proxy, Peer client, string path = "/", params string[] lines)
    {
        client.SendHead([$"GET {path} HTTP/1.1", "Host: a.test", .. lines]);
        KeyValuePair<string, OriginServer> reached = proxy.ServersByName.Single(
            pair => pair.Value.Connections.Any(peer => peer.Received.Length > 0));
        Peer origin = reached.Value.Connections.Single(peer => peer.Received.Length > 0);
        origin.TakeRequest();
        origin.Answer(proxy, "x");
        Message answer = client.TakeResponse();
        answer.Status.ShouldBe(200);
        return (reached.Key, answer);
    }

    /// <summary>How many of some requests each server got, in the order of the servers.</summary>
    public static int[] Spread(this Proxy proxy, Peer client, int requests, Func<int, string>? path = null)
    {
        Dictionary<string, int> counts = proxy.ServersByName.Keys.ToDictionary(name => name, _ => 0, StringComparer.Ordinal);
        for (int i = 0; i < requests; i++)
        {
            counts[proxy.Ask(client, path?.Invoke(i) ?? "/").Server]++;
        }

        return [.. counts.Values];
    }
}
