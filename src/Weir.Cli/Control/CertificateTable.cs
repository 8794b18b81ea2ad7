using System.Globalization;
using Spectre.Console;
using Weir.Control;

namespace Weir.Cli.Control;

/// <summary>The certificates for a person.</summary>
internal static class CertificateTable
{
    private static readonly string[] _columns = ["name", "state", "source", "issuer", "expires", "next renewal", "site", "remarks"];

    public static void Write(IReadOnlyList<CertificateStatus> certificates, TextWriter output)
    {
        if (certificates.Count == 0)
        {
            output.WriteLine("No site has a certificate.");
            return;
        }

        TextTable table = new(_columns, StyleOf);
        foreach (CertificateStatus certificate in certificates)
        {
            table.Add(Cells(certificate));
        }

        table.Write(output);
        foreach (CertificateStatus failed in certificates.Where(one => one.LastError is not null))
        {
            output.WriteLine(TextTable.Printable($"{failed.Name}: {failed.LastError}"));
        }
    }

    /// <summary>A certificate's cells, a column each.</summary>
    public static IEnumerable<string> Cells(CertificateStatus certificate) =>
    [
        certificate.Name,
        certificate.State,
        certificate.Source == "file" ? certificate.File ?? "file" : certificate.Source,
        certificate.Issuer ?? "-",
        Time(certificate.Expires),
        Time(certificate.NextRenewal),
        certificate.Site ?? "-",
        string.Join("; ", Remarks(certificate)),
    ];

    private static IEnumerable<string> Remarks(CertificateStatus certificate)
    {
        if (certificate.Names.Count > 1)
        {
            yield return "also " + string.Join(", ", certificate.Names.Where(name => name != certificate.Name));
        }

        if (certificate.Renewing)
        {
            yield return "being got";
        }

        if (certificate.Failures > 0)
        {
            yield return certificate.Failures == 1 ? "1 try failed" : $"{certificate.Failures} tries failed";
        }
    }

    private static Style StyleOf(string cell) => cell switch
    {
        "good" => new Style(Color.Green),
        "stand-in" or "expiring" => new Style(Color.Yellow),
        "expired" => new Style(Color.Red),
        _ => Style.Plain,
    };

    private static string Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "-";
}
