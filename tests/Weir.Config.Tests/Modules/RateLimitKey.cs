namespace Weir.Config.Tests.Modules;

public enum RateLimitKey
{
    ClientIp,
    Path,
}
