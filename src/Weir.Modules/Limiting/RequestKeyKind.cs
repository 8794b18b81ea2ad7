namespace Weir.Modules.Limiting;

/// <summary>Whose requests are counted together.</summary>
internal enum RequestKeyKind : byte
{
    ClientAddress,
    Header,
    Cookie,
    Host,
    All,
    Expression,
    Claim,
}
