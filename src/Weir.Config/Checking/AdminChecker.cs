using Weir.Config.Model;

namespace Weir.Config.Checking;

/// <summary>The admin: that what is reached from elsewhere can be used, and by nobody else.</summary>
internal static class AdminChecker
{
    internal static void Check(AdminConfig admin, ErrorList errors)
    {
        if (admin is { IsOff: false, Listen: { IsUnix: true } unix })
        {
            errors.Error(admin.Position, $"admin.listen: {unix} is a unix socket.", $"Write `socket: {unix.UnixPath}`, and a TCP address here or none.");
        }

        bool isRemote = admin.Listen is { IsUnix: false } listen && listen.Ip?.ToIPAddress() is var ip
            && (ip is null || !System.Net.IPAddress.IsLoopback(ip));
        if (!admin.IsOff && isRemote && admin.TokenFile is null)
        {
            errors.Warning(
                admin.Position, $"admin.listen: {admin.Listen} is no loopback address, and without a token only /livez and /readyz are answered there.",
                "Name a `token_file`, or listen on 127.0.0.1.");
        }
    }
}
