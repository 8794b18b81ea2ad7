using Weir.Abstractions.Heads;

namespace Weir.Abstractions.Exchanges;

/// <summary>Work that a client has proved to a module above, and what that module has taken out of the request for those below.</summary>
/// <param name="Bits">How much: about 2 to the power of it. 0: it only waited.</param>
/// <param name="AtUnixSeconds">When, in seconds since 1970; 0: it has proved nothing.</param>
/// <param name="Unread">A proof that could not be read, in the arena of the request's fields; empty: there is none.</param>
/// <param name="Wait">What says when a wait began, in the same arena; empty: there is none.</param>
public readonly record struct ProvenWork(int Bits, long AtUnixSeconds, ByteSlice Unread, ByteSlice Wait);
