// An open-loop load generator: a fixed arrival rate over kept-alive connections, latency counted from the intended send time.
using System.Globalization;
using System.Net.Sockets;
using Weir.Bench.Load;

using Poller poller = new();
if (args is ["--serve", string port])
{
    return new Commands(poller).Serve(int.Parse(port, CultureInfo.InvariantCulture));
}

if (!LoadOptions.TryParse(args, out LoadOptions options, out string message))
{
    (args.Contains("--help") ? Console.Out : Console.Error).WriteLine(message);
    return args.Contains("--help") ? 0 : 2;
}

try
{
    using Generator generator = new(options, poller);
    Result result = generator.Run();
    Console.WriteLine(result.ToJson());
    return result.Responses > 0 ? 0 : 1;
}
catch (SocketException exception)
{
    Console.Error.WriteLine($"{options.Target}: {exception.Message}");
    return 1;
}
