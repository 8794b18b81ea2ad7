using System.Net;

namespace Weir.Upstream.Resolving;

/// <summary>One query to one server.</summary>
/// <param name="Server">Whom to ask.</param>
/// <param name="Question">What to ask.</param>
/// <param name="UsesTcp">Over TCP instead of UDP.</param>
/// <param name="HasEdns">With EDNS; a few old servers answer only without.</param>
/// <param name="WantsAuthenticData">With AD set.</param>
internal readonly record struct DnsExchange(
    IPEndPoint Server, DnsQuestion Question, bool UsesTcp, bool HasEdns, bool WantsAuthenticData)
{
    public int WriteQuery(Span<byte> destination, ushort id) =>
        DnsMessage.WriteQuery(destination, id, Question, HasEdns, WantsAuthenticData);
}
