namespace Weir.InMemory.Tests.Faults;

/// <summary>
/// Proves that a reset, an end, a stall and awkward segments at every octet of both sides' messages end in the whole answer, an error or an
/// abort; that nothing hangs, nothing is held afterwards, and no half message is taken for whole.
/// </summary>
public sealed class FaultInjectionTests
{
    public static TheoryData<string, FaultKind, bool> Cases()
    {
        TheoryData<string, FaultKind, bool> cases = [];
        foreach (Conversation conversation in Conversation.All)
        {
            for (FaultKind kind = FaultKind.Reset; kind <= FaultKind.OneOctetSends; kind++)
            {
                cases.Add(conversation.Name, kind, true);
                cases.Add(conversation.Name, kind, false);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_octet(string name, FaultKind kind, bool isClientSide)
    {
        Conversation conversation = Conversation.All.Single(candidate => candidate.Name == name);
        bool isWhole = kind is FaultKind.OneOctetReads or FaultKind.OneOctetSends;
        int octets = isWhole ? 0 : FaultRun.OctetsOf(conversation, isClientSide);
        for (int at = 0; at <= octets; at++)
        {
            try
            {
                new FaultRun(conversation, kind, isClientSide, at).Go();
            }
            catch (Exception exception)
            {
                string side = isClientSide ? "client" : "origin";
                throw new InvalidOperationException($"{name}, {kind}, {side}, after {at} octets", exception);
            }
        }
    }
}
