// Hot: reads a cookie of each request that has passed before.
using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using Weir.Abstractions.Exchanges;
using Weir.Modules.Remembering;

namespace Weir.Modules.Challenge;

/// <summary>
/// Writes and reads stamps: kind and version, work, second of issue, eight random octets, seal; as base64url of a fixed length. The
/// seal covers all before it and whom the stamp is for. Nothing is kept for a stamp that was issued.
/// </summary>
internal sealed class Stamps
{
    /// <summary>Octets of a stamp as text.</summary>
    public const int TextOctets = 40;

    private const byte Version = 1 << 4;
    private const int BitsAt = 1;
    private const int IssuedAt = 2;
    private const int RandomAt = 6;
    private const int SealAt = 14;
    private const int Octets = SealAt + SealKeys.SealOctets;

    // Clocks of machines that share a secret differ.
    private const long SkewSeconds = 60;

    private readonly Func<SealKeys> _keys;
    private readonly ClientBinding _binding;

    /// <param name="keys">The keys in force.</param>
    /// <param name="binding">Whom stamps are for.</param>
    public Stamps(Func<SealKeys> keys, ClientBinding binding)
    {
        _keys = keys;
        _binding = binding;
    }

    /// <summary>Writes a stamp of <see cref="TextOctets"/> for the client of an exchange.</summary>
    public void Write(Exchange exchange, StampKind kind, int bits, Span<byte> target)
    {
        Span<byte> sealedOctets = stackalloc byte[SealAt + ClientBinding.Octets];
        Span<byte> octets = stackalloc byte[Octets];
        long now = exchange.Loop.UnixMs / 1000;
        octets[0] = (byte)(Version | (byte)kind);
        octets[BitsAt] = (byte)bits;
        BinaryPrimitives.WriteUInt32BigEndian(octets[IssuedAt..], (uint)now);
        BinaryPrimitives.WriteUInt64BigEndian(octets[RandomAt..], exchange.Loop.NextRandom());
        octets[..SealAt].CopyTo(sealedOctets);
        _binding.Write(exchange, sealedOctets[SealAt..]);
        _keys().Seal(sealedOctets, now, octets[SealAt..]);
        Base64Url.EncodeToUtf8(octets, target, out _, out _);
    }

    /// <summary>Reads a stamp; false for what is of another kind, too old, or not sealed by us for this client.</summary>
    public bool TryRead(Exchange exchange, StampKind kind, ReadOnlySpan<byte> text, long lifeSeconds, out Stamp stamp)
    {
        stamp = default;
        Span<byte> octets = stackalloc byte[Octets];
        if (text.Length != TextOctets
            || Base64Url.DecodeFromUtf8(text, octets, out _, out int written) != OperationStatus.Done
            || written != Octets || octets[0] != (Version | (byte)kind))
        {
            return false;
        }

        long issued = BinaryPrimitives.ReadUInt32BigEndian(octets[IssuedAt..]);
        long age = (exchange.Loop.UnixMs / 1000) - issued;
        if (age >= lifeSeconds || age < -SkewSeconds)
        {
            return false;
        }

        if (!IsOurs(exchange, kind, octets, issued, lifeSeconds))
        {
            return false;
        }

        stamp = new Stamp(octets[BitsAt], issued, BinaryPrimitives.ReadUInt64BigEndian(octets[SealAt..]));
        return true;
    }

    // A pass comes with every request; anything else is shown once.
    private bool IsOurs(Exchange exchange, StampKind kind, ReadOnlySpan<byte> octets, long issued, long lifeSeconds)
    {
        SealKeys keys = _keys();
        CredentialDigest digest = default;
        long now = exchange.Loop.UnixMs / 1000;
        if (kind == StampKind.Pass)
        {
            Span<byte> all = stackalloc byte[Octets + ClientBinding.DigestOctets];
            octets.CopyTo(all);
            _binding.WriteDigest(exchange, all[Octets..]);
            digest = keys.DigestOf(all);
            if (keys.IsKnown(digest, now))
            {
                return true;
            }
        }

        Span<byte> sealedOctets = stackalloc byte[SealAt + ClientBinding.Octets];
        octets[..SealAt].CopyTo(sealedOctets);
        _binding.Write(exchange, sealedOctets[SealAt..]);
        if (!keys.IsSeal(sealedOctets, issued, octets[SealAt..]))
        {
            return false;
        }

        if (kind == StampKind.Pass)
        {
            keys.Remember(digest, issued + lifeSeconds, now);
        }

        return true;
    }
}
