using Weir.Config.Model;
using Weir.Config.Writing;
using Weir.Pipeline.Balancing;
using Weir.Upstream.Pooling;

namespace Weir.Upstreams;

/// <summary>
/// A server as it runs, with what of the configuration it was made from: a reload finds it again by that. Weight and backup are not part of
/// it, because they change without a new connection.
/// </summary>
/// <param name="Identity">Name, place and protocol.</param>
/// <param name="State">Its pools and health.</param>
internal sealed record LiveServer(string Identity, ServerState State)
{
    /// <summary>What makes a server of the configuration the same one as before.</summary>
    public static string IdentityOf(ServerConfig config) => OptionText.Of(config with { Weight = 1, Backup = false });

    /// <summary>
    /// Nothing new is sent to it, its idle connections close, and those in use close when their exchanges end; on the loop.
    /// </summary>
    public static void Retire(ServerState server, int loop) => server.PoolOf(loop).Retire();

    /// <summary>Other limits, from now on; on the loop.</summary>
    public static void Limit(ServerState server, int loop, OriginLimits limits) => server.PoolOf(loop).Limits = limits;
}
