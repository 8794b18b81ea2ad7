namespace Weir.Config.Model;

/// <summary>How a server is asked whether it is well.</summary>
public enum HealthCheckType
{
    /// <summary>By a request whose answer is looked at.</summary>
    Http,

    /// <summary>By a connection that it accepts.</summary>
    Tcp,

    /// <summary>By gRPC's health checking protocol, over HTTP/2.</summary>
    Grpc,
}
