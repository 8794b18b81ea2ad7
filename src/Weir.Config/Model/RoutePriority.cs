namespace Weir.Config.Model;

/// <summary>Which requests are given up first when there is too much to do.</summary>
public enum RoutePriority
{
    /// <summary>Served as long as anything is.</summary>
    Normal,

    /// <summary>Refused while Weir is overloaded.</summary>
    Low,
}
