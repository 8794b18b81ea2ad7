namespace Weir.Modules.RateLimit;

/// <summary>Whose requests are counted together.</summary>
internal enum KeyKind : byte
{
    ClientAddress,
    Header,
    Cookie,
    Host,
    All,
    Expression,
}
