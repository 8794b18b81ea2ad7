using Weir.Pipeline.Balancing;

namespace Weir.Pipeline.Sticking;

/// <summary>The numbers of an upstream's servers, for one list of them and one secret. Immutable and swapped.</summary>
internal sealed class StickyTable
{
    private readonly IReadOnlyList<ServerState> _servers;
    private readonly StickyKeys _keys;
    private readonly ulong[] _numbers;

    public StickyTable(string upstream, IReadOnlyList<ServerState> servers, StickyKeys keys)
    {
        _servers = servers;
        _keys = keys;
        _numbers = new ulong[servers.Count];
        for (int i = 0; i < _numbers.Length; i++)
        {
            _numbers[i] = keys.NumberOf(upstream, servers[i].Name);
        }
    }

    public bool IsFor(IReadOnlyList<ServerState> servers, StickyKeys keys) =>
        ReferenceEquals(_servers, servers) && ReferenceEquals(_keys, keys);

    public ServerState? Find(ulong number)
    {
        int index = Array.IndexOf(_numbers, number);
        return index < 0 ? null : _servers[index];
    }

    /// <summary>The server's number; 0 when it has left the list.</summary>
    public ulong NumberOf(ServerState server)
    {
        for (int i = 0; i < _numbers.Length; i++)
        {
            if (ReferenceEquals(_servers[i], server))
            {
                return _numbers[i];
            }
        }

        return 0;
    }
}
