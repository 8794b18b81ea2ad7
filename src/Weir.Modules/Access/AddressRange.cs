using System.Runtime.InteropServices;

namespace Weir.Modules.Access;

/// <summary>
/// Where a range begins, and its rule: side by side, so that finding the one brings the other into the processor's cache. Packed, because a
/// million of them are kept: 8 octets for IPv4, 20 for IPv6.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct AddressRange<T>(T Begin, AccessRule Rule)
    where T : unmanaged;
