using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Clients;

/// <summary>A WebSocket origin (RFC 6455) that sends every message back, fragment by fragment.</summary>
internal static class EchoOrigin
{
    private const string Salt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    public static async Task EchoAsync(Wire wire)
    {
        string head = await wire.ReadHeadAsync();
        await wire.SendAsync(AcceptOf(head));
        using WebSocket socket = WebSocket.CreateFromStream(wire.AsStream(), new WebSocketCreationOptions { IsServer = true });
        byte[] buffer = new byte[4096];
        while (true)
        {
            WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, CancellationToken.None);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(received.CloseStatus!.Value, received.CloseStatusDescription, CancellationToken.None);
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, CancellationToken.None);
        }
    }

    /// <summary>The 101 that answers a handshake.</summary>
    public static string AcceptOf(string head)
    {
        int at = head.IndexOf("\r\nSec-WebSocket-Key: ", StringComparison.OrdinalIgnoreCase) + 21;
        string key = head[at..head.IndexOf('\r', at)];
#pragma warning disable CA5350 // RFC 6455 section 1.3 asks for SHA-1; it protects nothing here.
        string accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Salt)));
#pragma warning restore CA5350
        return $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n";
    }
}
