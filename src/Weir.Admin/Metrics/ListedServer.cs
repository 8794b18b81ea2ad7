using Weir.Pipeline.Balancing;

namespace Weir.Admin.Metrics;

/// <summary>A server and its labels, escaped: upstream="app",server="10.0.0.1:8080".</summary>
internal readonly record struct ListedServer(ServerState State, string Labels);
