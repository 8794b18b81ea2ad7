using System.Text;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;

namespace Weir.Modules;

/// <summary>Which field names an operator may set or remove.</summary>
internal static class FieldNames
{
    /// <summary>
    /// The fields that frame a message or belong to one connection (RFC 9112 section 6, RFC 9110 section 7.6.1): Weir writes them by
    /// itself, and a second hand in them would be request smuggling. Host names the request's target.
    /// </summary>
    public static readonly ulong Reserved =
        HeaderFields.Mask(KnownField.ContentLength) | HeaderFields.Mask(KnownField.TransferEncoding)
        | HeaderFields.Mask(KnownField.Connection) | HeaderFields.Mask(KnownField.KeepAlive)
        | HeaderFields.Mask(KnownField.ProxyConnection) | HeaderFields.Mask(KnownField.Te)
        | HeaderFields.Mask(KnownField.Trailer) | HeaderFields.Mask(KnownField.Upgrade)
        | HeaderFields.Mask(KnownField.Http2Settings) | HeaderFields.Mask(KnownField.Expect) | HeaderFields.Mask(KnownField.Host);

    /// <summary>Reports a name that cannot be used; true when it can.</summary>
    public static bool Check(ModuleBuilder builder, string option, string name)
    {
        if (!FieldSyntax.IsToken(Encoding.UTF8.GetBytes(name)))
        {
            builder.Error(option, $"\"{name}\" is not a field name.", "Use letters, digits and \"-\".");
            return false;
        }

        // Origins that turn names into variables read "_" as "-".
        KnownField field = KnownFields.Find(Encoding.ASCII.GetBytes(name.Replace('_', '-')));
        if (field == KnownField.Other || (Reserved & HeaderFields.Mask(field)) == 0)
        {
            return true;
        }

        if (field == KnownField.Host)
        {
            builder.Error(
                option,
                "Host says which server a request is for, so it is not set like other fields.",
                "Use the option request.host of headers.");
            return false;
        }

        builder.Error(option, $"{name} belongs to the framing of the connection, which Weir writes by itself.", "Remove it.");
        return false;
    }
}
