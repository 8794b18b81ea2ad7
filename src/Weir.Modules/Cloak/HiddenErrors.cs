namespace Weir.Modules.Cloak;

/// <summary>Which errors of origins keep their content to themselves.</summary>
public enum HiddenErrors : byte
{
    /// <summary>None.</summary>
    None,

    /// <summary>500 to 599.</summary>
    ServerErrors,

    /// <summary>400 to 599: also what an application tells its users of their mistakes.</summary>
    AllErrors,
}
