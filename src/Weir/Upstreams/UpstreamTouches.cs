namespace Weir.Upstreams;

/// <summary>What a reload did to upstreams and servers, by name ("app", "app/10.0.0.1:80").</summary>
internal sealed class UpstreamTouches
{
    public List<string> Added { get; } = [];

    public List<string> Removed { get; } = [];

    public List<string> Changed { get; } = [];

    public int Kept { get; set; }

    public List<string> ServersAdded { get; } = [];

    public List<string> ServersRemoved { get; } = [];

    public List<string> ServersChanged { get; } = [];

    public int ServersKept { get; set; }
}
