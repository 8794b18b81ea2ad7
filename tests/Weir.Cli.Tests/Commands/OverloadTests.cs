using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Weir.Cli.Tests.Commands;

/// <summary>Overload as those see it who are refused, who stay, and who operate it.</summary>
public sealed class OverloadTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task While_a_queue_stands_still_who_floods_is_refused_and_who_is_there_and_the_operator_are_served()
    {
        using TemporaryFolder folder = new();
        using TcpListener origin = new(IPAddress.Loopback, 0);
        origin.Start();
        string file = folder.Write("weir.yaml", $$"""
            listen: ["127.0.0.1:0", "unix:{{folder.Path("weir.sock")}}"]
            process: { data: data, loops: 1 }
            admin: { socket: admin.sock }
            log: { access: off }
            limits: { overload: { queue: 10ms } }
            upstreams:
              app: { servers: ["http://{{origin.LocalEndpoint}}"], limits: { connections: 1, queue_timeout: 1m } }
            sites:
              "*":
                routes:
                  - { path: /low, priority: low, stack: [{ respond: { status: 204 } }] }
                  - { path: /fast, stack: [{ respond: { status: 204 } }] }
                  - { to: app }
            """);
        await using WeirProgram weir = WeirProgram.Start("run", "-c", file);
        await weir.SeeAsync("admin_started");
        int port = await weir.PortAsync();
        List<Socket> crowd = [];
        try
        {
            for (int i = 0; i < 20; i++)
            {
                crowd.Add(await ConnectAsync(new IPEndPoint(IPAddress.Loopback, port)));
            }

            // The origin takes the first and says nothing; the second waits for its place.
            (await AskAsync(crowd[2], "/low")).ShouldStartWith("HTTP/1.1 204 ");
            await SendAsync(crowd[0], "/");
            await SendAsync(crowd[1], "/");
            await weir.SeeAsync("overload_began");

            // Refused before it has said anything.
            using Socket refused = await ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
            string told = await ReadToEndAsync(refused);
            told.ShouldStartWith("HTTP/1.1 503 ");
            told.ShouldContain("\r\nRetry-After: 5\r\n");
            (await AskAsync(crowd[2], "/fast")).ShouldStartWith("HTTP/1.1 204 ");
            using Socket local = await ConnectAsync(new UnixDomainSocketEndPoint(folder.Path("weir.sock")));
            (await AskAsync(local, "/fast")).ShouldStartWith("HTTP/1.1 204 ");

            await weir.SeeAsync("and requests of low priority");
            (await AskAsync(crowd[2], "/low")).ShouldStartWith("HTTP/1.1 503 ");
            (await AskAsync(crowd[3], "/fast")).ShouldStartWith("HTTP/1.1 204 ");
            foreach (string page in new[] { "/livez", "/readyz", "/metrics", "/api/v1/status" })
            {
                using Socket admin = await ConnectAsync(new UnixDomainSocketEndPoint(folder.Path("admin.sock")));
                (await AskAsync(admin, page)).ShouldStartWith("HTTP/1.1 200 ", customMessage: page);
            }
        }
        finally
        {
            crowd.ForEach(socket => socket.Dispose());
        }
    }

    private static async Task<Socket> ConnectAsync(EndPoint to)
    {
        Socket socket = new(to.AddressFamily, SocketType.Stream, to is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        await socket.ConnectAsync(to);
        return socket;
    }

    private static Task<int> SendAsync(Socket socket, string path) =>
        socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"));

    private static async Task<string> AskAsync(Socket socket, string path)
    {
        await SendAsync(socket, path);
        StringBuilder text = new();
        byte[] buffer = new byte[16 * 1024];
        while (!text.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            int count = await socket.ReceiveAsync(buffer).WaitAsync(_patience);
            count.ShouldBeGreaterThan(0, $"The connection ended in {path}: {text}");
            text.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        return text.ToString();
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        using NetworkStream stream = new(socket);
        using StreamReader reader = new(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync().WaitAsync(_patience);
    }
}
