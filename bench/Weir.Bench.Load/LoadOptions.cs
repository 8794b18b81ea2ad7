using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Weir.Bench.Load;

/// <summary>What to send where, how often and for how long.</summary>
internal sealed record LoadOptions
{
    private const string Help = """
        Weir.Bench.Load --url http://127.0.0.1:8080/ [--rate 10000] [--seconds 10] [--warmup 2] [--connections 64]

        Sends GET requests at a fixed rate over kept-alive connections and prints one line of JSON. A request is sent on a free
        connection, or waits for one; its latency counts from the moment it should have been sent, so that a stalled server cannot
        slow its own questioner down (coordinated omission).

          --url          http only, with an address or a name of this machine
          --rate         requests a second; 0 sends as fast as answers come (closed loop: a probe for capacity)
          --seconds      how long latencies are recorded
          --warmup       seconds at the same rate before that
          --connections  kept-alive connections

        Weir.Bench.Load --serve PORT

        Is an origin on that port, on the same thread, and reads such options from standard input, a line for each run.
        """;

    public IPEndPoint Target { get; init; } = new(IPAddress.Loopback, 80);

    public string Authority { get; init; } = string.Empty;

    public string Path { get; init; } = "/";

    /// <summary>Requests a second; 0 is a closed loop.</summary>
    public int Rate { get; init; } = 10_000;

    public int Seconds { get; init; } = 10;

    public int WarmupSeconds { get; init; } = 2;

    public int Connections { get; init; } = 64;

    public static bool TryParse(string[] arguments, out LoadOptions options, out string message)
    {
        options = new LoadOptions();
        message = Help;
        if (arguments.Length % 2 != 0)
        {
            return false;
        }

        for (int i = 0; i < arguments.Length; i += 2)
        {
            string value = arguments[i + 1];
            LoadOptions? next = arguments[i] == "--url" ? options.WithUrl(value)
                : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? options.With(arguments[i], number)
                : null;
            if (next is null)
            {
                message = $"{arguments[i]} {value}: not understood\n\n{Help}";
                return false;
            }

            options = next;
        }

        return options.Authority.Length > 0;
    }

    private LoadOptions? With(string name, int value) => name switch
    {
        "--rate" when value <= 10_000_000 => this with { Rate = value },
        "--seconds" when value is > 0 and <= 3600 => this with { Seconds = value },
        "--warmup" when value <= 3600 => this with { WarmupSeconds = value },
        "--connections" when value is > 0 and <= 100_000 => this with { Connections = value },
        _ => null,
    };

    private LoadOptions? WithUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Scheme != Uri.UriSchemeHttp)
        {
            return null;
        }

        IPAddress? address = Array.Find(
            Dns.GetHostAddresses(url.DnsSafeHost), candidate => candidate.AddressFamily == AddressFamily.InterNetwork);
        return address is null
            ? null
            : this with { Target = new IPEndPoint(address, url.Port), Authority = url.Authority, Path = url.PathAndQuery };
    }
}
