namespace Weir.Config.Model;

/// <summary>What a string must look like.</summary>
internal enum Syntax
{
    /// <summary>Anything.</summary>
    Any,

    /// <summary>Anything but nothing.</summary>
    Text,

    /// <summary>A file's name.</summary>
    File,

    /// <summary>A name that the user gives: letters, digits, - _ .</summary>
    Name,

    /// <summary>A request method.</summary>
    Method,

    /// <summary>A header field's name.</summary>
    FieldName,

    /// <summary>A token: a cookie's name.</summary>
    Token,

    /// <summary>A status of an error: 400 to 599.</summary>
    ErrorStatus,

    /// <summary>What a consistent hash is made of.</summary>
    HashKey,

    /// <summary>An http or https URL.</summary>
    HttpUrl,

    /// <summary>A path that begins with a slash.</summary>
    Path,

    /// <summary>HOST or HOST:PORT.</summary>
    Authority,

    /// <summary>The access log's format.</summary>
    LogFormat,
}
