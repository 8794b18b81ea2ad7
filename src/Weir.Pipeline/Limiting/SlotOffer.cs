using Weir.Pipeline.Balancing;

namespace Weir.Pipeline.Limiting;

/// <summary>A place at a server on its way to another loop, whose exchanges have waited longest: a letter of the mailbox.</summary>
internal sealed class SlotOffer
{
    private readonly ServerQueue _queue;
    private readonly LoopQueue _to;
    private readonly ServerState _server;
    private readonly long _ticket;

    public SlotOffer(ServerQueue queue, LoopQueue to, ServerState server, long ticket)
    {
        _queue = queue;
        _to = to;
        _server = server;
        _ticket = ticket;
    }

    public void Arrive()
    {
        if (!_to.TryGrant(_server))
        {
            _queue.Offer(_server, _ticket, _to.Index);
        }
    }
}
