// Hot: asked at every pick by hash. Filled where a list of servers comes into force.
using System.Text;
using Weir.Pipeline.Routing;

namespace Weir.Pipeline.Balancing;

/// <summary>
/// Which server owns a key. Keys fall into slots; for a slot every server has a number of its own, drawn from the slot and the server's
/// name and divided by its weight, and the lowest owns the slot. So a server that joins takes its share and nothing else moves, one that
/// leaves gives its share to all others, and shares follow the weights. The owners among all primaries are worked out beforehand.
/// </summary>
internal sealed class HashSlots
{
    private const int SlotBits = 16;
    private const int SlotCount = 1 << SlotBits;

    private readonly ulong[] _seeds;
    private readonly ushort[] _owners;

    public HashSlots(IReadOnlyList<ServerState> servers)
    {
        _seeds = [.. servers.Select(server => OctetHash.Add(0, Encoding.UTF8.GetBytes(server.Name), 0))];
        int[] primaries = [.. Enumerable.Range(0, servers.Count).Where(home => !servers[home].IsBackup)];
        HasOwners = primaries.Length > 0 && servers.Count <= ushort.MaxValue;
        _owners = HasOwners ? new ushort[SlotCount] : [];
        int[] weights = [.. primaries.Select(home => servers[home].Weight)];
        bool isUniform = weights.Distinct().Count() == 1;
        for (int slot = 0; slot < _owners.Length; slot++)
        {
            _owners[slot] = (ushort)(isUniform ? OwnerAmong(primaries, slot) : OwnerAmong(primaries, weights, slot));
        }
    }

    /// <summary>Whether there is a primary at all.</summary>
    public bool HasOwners { get; }

    public static int SlotOf(ulong hash) => (int)(hash >> (64 - SlotBits));

    /// <summary>The index of the primary that owns a slot while all are well.</summary>
    public int OwnerOf(int slot) => _owners[slot];

    /// <summary>The server's own number for a slot, evenly spread.</summary>
    public ulong LotOf(int slot, int home)
    {
        ulong mixed = _seeds[home] ^ ((ulong)(slot + 1) * 0x9E37_79B9_7F4A_7C15);
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>
    /// The number divided by the weight; the lowest wins. The logarithm makes numbers whose minimum falls to each server with the
    /// probability of its weight.
    /// </summary>
    public static double Weighed(ulong lot, double weight) => -Math.Log(((lot >> 11) + 0.5) / (1UL << 53)) / weight;

    // With equal weights the greatest lot is the lowest weighed one, and the logarithms can be spared.
    private int OwnerAmong(int[] primaries, int slot)
    {
        int owner = primaries[0];
        ulong greatest = 0;
        foreach (int home in primaries)
        {
            ulong lot = LotOf(slot, home);
            if (lot >= greatest)
            {
                greatest = lot;
                owner = home;
            }
        }

        return owner;
    }

    private int OwnerAmong(int[] primaries, int[] weights, int slot)
    {
        int owner = primaries[0];
        double lowest = double.MaxValue;
        for (int i = 0; i < primaries.Length; i++)
        {
            double weighed = Weighed(LotOf(slot, primaries[i]), weights[i]);
            if (weighed < lowest)
            {
                lowest = weighed;
                owner = primaries[i];
            }
        }

        return owner;
    }
}
