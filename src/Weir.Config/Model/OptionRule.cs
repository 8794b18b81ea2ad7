namespace Weir.Config.Model;

/// <summary>How options of one record depend on each other.</summary>
internal enum OptionRule
{
    /// <summary>Not two of them.</summary>
    AtMostOne,

    /// <summary>One of them or more.</summary>
    AtLeastOne,

    /// <summary>All of them or none.</summary>
    Together,
}
