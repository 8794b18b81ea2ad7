using Weir.Config.Model;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Plans;

namespace Weir.Upstreams;

/// <summary>Upstreams for `weir check` and `weir explain`: they have servers' names and connect to nothing.</summary>
internal sealed class InertUpstreams : IUpstreamSource
{
    public UpstreamState Make(UpstreamConfig config) =>
        new(config.Name, [], new PowerOfTwoBalancer(), ForwardPolicies.Of(config), 1);
}
