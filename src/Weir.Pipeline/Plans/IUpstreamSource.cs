using Weir.Config.Model;
using Weir.Pipeline.Balancing;

namespace Weir.Pipeline.Plans;

/// <summary>Makes upstreams live: their servers, pools and names. A check uses one that connects to nothing.</summary>
public interface IUpstreamSource
{
    /// <summary>Makes, or carries over, the upstream of a configuration.</summary>
    UpstreamState Make(UpstreamConfig config);
}
