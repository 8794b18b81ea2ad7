namespace Weir.InMemory.Tests.Faults;

/// <summary>Proves the same for what each side receives: it resets, or takes no more, at every octet that Weir sends to it.</summary>
public sealed class SlowReaderFaultTests
{
    private const int MostOctets = 2_000;

    public static TheoryData<string, FaultKind, bool> Cases()
    {
        TheoryData<string, FaultKind, bool> cases = [];
        foreach (Conversation conversation in Conversation.All)
        {
            foreach (bool isClientSide in (bool[])[true, false])
            {
                cases.Add(conversation.Name, FaultKind.ResetsWhileTaking, isClientSide);
                cases.Add(conversation.Name, FaultKind.StopsTaking, isClientSide);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_octet_taken(string name, FaultKind kind, bool isClientSide)
    {
        Conversation conversation = Conversation.All.Single(candidate => candidate.Name == name);
        bool isReached = true;
        int at = 0;
        for (; isReached && at < MostOctets; at++)
        {
            try
            {
                isReached = new FaultRun(conversation, kind, isClientSide, at).Go();
            }
            catch (Exception exception)
            {
                string side = isClientSide ? "client" : "origin";
                throw new InvalidOperationException($"{name}, {kind}, {side}, after {at} octets", exception);
            }
        }

        at.ShouldBeInRange(50, MostOctets - 1);
    }
}
