namespace Weir.Upstream.Resolving;

/// <summary>How a server answered (RFC 1035 section 4.1.1, RFC 6891 section 6.1.3). Other values are failures of the server.</summary>
internal enum DnsResponseCode : ushort
{
    /// <summary>The name exists; whether records of the type exist, the answer section tells.</summary>
    NoError = 0,

    /// <summary>The server could not read the query: one that does not know EDNS says so.</summary>
    FormatError = 1,

    /// <summary>The server could not find out.</summary>
    ServerFailure = 2,

    /// <summary>The name does not exist.</summary>
    NoName = 3,

    /// <summary>The server does not support such a query.</summary>
    NotImplemented = 4,

    /// <summary>The server will not answer us.</summary>
    Refused = 5,

    /// <summary>The server knows EDNS, but not this version.</summary>
    BadVersion = 16,
}
