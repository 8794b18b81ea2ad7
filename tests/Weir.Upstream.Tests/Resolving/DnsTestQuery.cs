using System.Net;
using System.Text;

namespace Weir.Upstream.Tests.Resolving;

/// <summary>A query as the scripted server received it.</summary>
internal sealed record DnsTestQuery(ushort Id, string Name, ushort Type, bool IsTcp, bool HasEdns, IPEndPoint From, byte[] Octets)
{
    public static DnsTestQuery Read(byte[] octets, bool isTcp, IPEndPoint from)
    {
        StringBuilder name = new();
        int at = 12;
        while (octets[at] != 0)
        {
            name.Append(name.Length > 0 ? "." : "").Append(Encoding.ASCII.GetString(octets, at + 1, octets[at]));
            at += octets[at] + 1;
        }

        ushort type = (ushort)((octets[at + 1] << 8) | octets[at + 2]);
        return new DnsTestQuery((ushort)((octets[0] << 8) | octets[1]), name.ToString(), type, isTcp, octets[11] == 1, from, octets);
    }
}
