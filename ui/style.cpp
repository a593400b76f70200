#include "ui/style.h"

#include "ui/theme.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QComboBox>
#include <QPainter>
#include <QPlainTextEdit>
#include <QStyleOption>
#include <QTabBar>

#include <algorithm>

namespace belvedere::ui {

namespace {

    constexpr int kCellMargin = 9; ///< beside the text of a cell, and of the header above it

    /// A rounded rectangle whose one-pixel border lies on whole pixels.
    void drawBox(QPainter* painter, const QRect& rect, const QColor& fill, const QColor& border)
    {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(border.isValid() ? QPen(border, 1) : QPen(Qt::NoPen));
        painter->setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
        const qreal inset = border.isValid() ? 0.5 : 0;
        painter->drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), Theme::kRadius, Theme::kRadius);
        painter->restore();
    }

    bool has(const QStyleOption* option, QStyle::StateFlag flag) { return option->state.testFlag(flag); }

}

Style::Style(const Theme& theme)
    : QProxyStyle(QStringLiteral("Fusion"))
    , m_theme(theme)
{
}

void Style::polish(QWidget* widget)
{
    QProxyStyle::polish(widget);
    if (qobject_cast<QAbstractButton*>(widget) || qobject_cast<QComboBox*>(widget) || qobject_cast<QTabBar*>(widget))
        widget->setAttribute(Qt::WA_Hover);
    if (auto* view = qobject_cast<QAbstractItemView*>(widget))
        view->viewport()->setAttribute(Qt::WA_Hover);
}

int Style::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const
{
    switch (metric) {
    case PM_ScrollBarExtent:
        return 12;
    case PM_ScrollBarSliderMin:
        return 28;
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
    case PM_ToolBarIconSize:
    case PM_TabBarIconSize:
    case PM_ListViewIconSize:
        return 16;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
    case PM_TabBarBaseOverlap:
    case PM_TabBarTabShiftVertical:
    case PM_ToolBarFrameWidth:
        return 0;
    case PM_SplitterWidth:
        return 7;
    case PM_HeaderMargin:
        return 8;
    case PM_TabBarTabHSpace:
        return 24;
    case PM_TabBarTabVSpace:
        return 10;
    case PM_MenuPanelWidth:
        return 1;
    case PM_MenuVMargin:
        return 4;
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing:
        return Theme::kGrid;
    case PM_LayoutLeftMargin:
    case PM_LayoutRightMargin:
    case PM_LayoutTopMargin:
    case PM_LayoutBottomMargin:
        return Theme::kGrid;
    case PM_FocusFrameHMargin:
        return kCellMargin - 1; // Qt adds one
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int Style::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* data) const
{
    switch (hint) {
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
        return 0;
    case SH_ToolTipLabel_Opacity:
        return 255;
    case SH_ScrollView_FrameOnlyAroundContents:
    case SH_ComboBox_Popup:
        return 0;
    case SH_ItemView_ActivateItemOnSingleClick:
    case SH_DialogButtonBox_ButtonsHaveIcons: // in the colours of another theme
        return 0;
    case SH_ToolTip_WakeUpDelay:
        return 400;
    default:
        return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

QSize Style::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size, const QWidget* widget) const
{
    QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
    switch (type) {
    case CT_PushButton:
        result.setHeight(m_theme.controlHeight());
        result.setWidth(size.width() + 24);
        break;
    case CT_LineEdit:
    case CT_ComboBox:
    case CT_SpinBox:
        result.setHeight(m_theme.controlHeight());
        break;
    case CT_ToolButton:
        result.setHeight(std::max(result.height(), m_theme.controlHeight()));
        if (const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option)) {
            if (button->toolButtonStyle == Qt::ToolButtonIconOnly && !(button->features & QStyleOptionToolButton::MenuButtonPopup))
                result.setWidth(std::max(result.width(), m_theme.controlHeight()));
            else
                result.rwidth() += (button->features & QStyleOptionToolButton::HasMenu) && !(button->features & QStyleOptionToolButton::MenuButtonPopup) ? 34 : 14;
        }
        break;
    case CT_HeaderSection:
        result.setHeight(m_theme.rowHeight());
        break;
    case CT_ItemViewItem:
        result.setHeight(std::max(result.height(), m_theme.rowHeight()));
        break;
    case CT_MenuItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option); item && item->menuItemType != QStyleOptionMenuItem::Separator)
            result.setHeight(std::max(result.height(), m_theme.rowHeight()));
        break;
    default:
        break;
    }
    return result;
}

QRect Style::subElementRect(SubElement element, const QStyleOption* option, const QWidget* widget) const
{
    switch (element) {
    case SE_HeaderLabel: {
        const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option);
        const bool sorted = header && header->sortIndicator != QStyleOptionHeader::None;
        return option->rect.adjusted(kCellMargin, 0, sorted ? -20 : -kCellMargin, 0);
    }
    case SE_LineEditContents:
        return QProxyStyle::subElementRect(element, option, widget).adjusted(4, 0, -4, 0);
    case SE_HeaderArrow:
        return { option->rect.right() - 18, option->rect.center().y() - 7, 14, 14 };
    default:
        return QProxyStyle::subElementRect(element, option, widget);
    }
}

void Style::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const
{
    const auto& colors = m_theme.colors();
    switch (element) {
    case PE_PanelButtonCommand:
        drawButton(option, painter, widget);
        return;
    case PE_FrameDefaultButton:
        return;
    case PE_PanelButtonTool:
        drawToolButtonPanel(option, painter);
        return;
    case PE_PanelLineEdit:
        if (const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option); frame && frame->lineWidth > 0)
            drawFieldFrame(option, painter);
        else
            painter->fillRect(option->rect, colors.field);
        return;
    case PE_FrameLineEdit:
        drawFieldFrame(option, painter);
        return;
    case PE_Frame:
        if (qobject_cast<const QPlainTextEdit*>(widget)) {
            drawFieldFrame(option, painter);
            return;
        }
        painter->save();
        painter->setPen(colors.border);
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        painter->restore();
        return;
    case PE_FrameTabWidget:
    case PE_FrameTabBarBase:
        painter->fillRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1, colors.border);
        return;
    case PE_FrameFocusRect:
        // A selected row says where the keyboard is; a ring around one of its cells would say something else.
        if (const auto* view = qobject_cast<const QAbstractItemView*>(widget); view && view->selectionBehavior() == QAbstractItemView::SelectRows && has(option, State_Selected))
            return;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(QPen(colors.accent, 1.5));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(QRectF(option->rect).adjusted(1, 1, -1, -1), Theme::kRadius - 1, Theme::kRadius - 1);
        painter->restore();
        return;
    case PE_PanelItemViewItem:
        drawItemPanel(option, painter, widget);
        return;
    case PE_PanelItemViewRow:
        if (const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option); item && item->features.testFlag(QStyleOptionViewItem::Alternate))
            painter->fillRect(option->rect, option->palette.alternateBase());
        return;
    case PE_PanelTipLabel:
    case PE_PanelMenu:
        painter->fillRect(option->rect, colors.raised);
        painter->save();
        painter->setPen(colors.borderStrong);
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        painter->restore();
        return;
    case PE_FrameMenu:
        return;
    case PE_IndicatorBranch:
        if (has(option, State_Children)) {
            drawChevron(painter, option->rect, has(option, State_Open) ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right"), true);
        }
        return;
    case PE_IndicatorHeaderArrow: {
        const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option);
        if (header && header->sortIndicator != QStyleOptionHeader::None) {
            drawChevron(painter, option->rect, header->sortIndicator == QStyleOptionHeader::SortUp ? QStringLiteral("chevron-up") : QStringLiteral("chevron-down"), true);
        }
        return;
    }
    case PE_IndicatorArrowDown:
        drawChevron(painter, option->rect, QStringLiteral("chevron-down"), has(option, State_Enabled));
        return;
    case PE_IndicatorArrowUp:
        drawChevron(painter, option->rect, QStringLiteral("chevron-up"), has(option, State_Enabled));
        return;
    case PE_IndicatorArrowLeft:
        drawChevron(painter, option->rect, QStringLiteral("chevron-left"), has(option, State_Enabled));
        return;
    case PE_IndicatorArrowRight:
        drawChevron(painter, option->rect, QStringLiteral("chevron-right"), has(option, State_Enabled));
        return;
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck: {
        const QRect box = option->rect.adjusted(0, 0, 0, 0);
        const bool on = has(option, State_On) || has(option, State_NoChange);
        drawBox(painter, box, on ? colors.accent : colors.field, on ? colors.accent : colors.borderStrong);
        if (has(option, State_On))
            painter->drawPixmap(box.adjusted(1, 1, -1, -1), m_theme.iconPixmap(QStringLiteral("check"), box.width() - 2, colors.onAccent, painter->device()->devicePixelRatioF()));
        return;
    }
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void Style::drawButton(const QStyleOption* option, QPainter* painter, const QWidget* widget) const
{
    const auto& colors = m_theme.colors();
    const bool enabled = has(option, State_Enabled);
    const bool primary = widget && widget->property(kPrimaryProperty).toBool() && enabled;
    const bool down = has(option, State_Sunken) || has(option, State_On);
    QColor fill = primary ? colors.accent : colors.raised;
    if (has(option, State_MouseOver) && enabled)
        fill = primary ? blended(colors.accent, colors.text, 0.12) : colors.hover;
    if (down)
        fill = primary ? blended(colors.accent, colors.window, 0.2) : blended(colors.hover, colors.accent, 0.15);
    drawBox(painter, option->rect, fill, primary ? fill : enabled ? colors.borderStrong : colors.border);
}

void Style::drawToolButtonPanel(const QStyleOption* option, QPainter* painter) const
{
    const auto& colors = m_theme.colors();
    const bool on = has(option, State_On) || has(option, State_Sunken);
    const bool hover = has(option, State_MouseOver) && has(option, State_Enabled);
    if (!has(option, State_AutoRaise)) {
        drawBox(painter, option->rect, on ? blended(colors.raised, colors.accent, 0.18) : hover ? colors.hover : colors.raised, on ? colors.accent : colors.borderStrong);
        return;
    }
    if (on)
        drawBox(painter, option->rect, blended(colors.surface, colors.accent, 0.18), {});
    else if (hover)
        drawBox(painter, option->rect, colors.hover, {});
}

void Style::drawFieldFrame(const QStyleOption* option, QPainter* painter) const
{
    const auto& colors = m_theme.colors();
    const bool focus = has(option, State_HasFocus);
    drawBox(painter, option->rect, has(option, State_Enabled) ? colors.field : colors.surface, focus ? colors.accent : has(option, State_MouseOver) ? colors.textFaint : colors.borderStrong);
}

void Style::drawItemPanel(const QStyleOption* option, QPainter* painter, const QWidget* widget) const
{
    const auto& colors = m_theme.colors();
    const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option);
    if (item && item->backgroundBrush.style() != Qt::NoBrush)
        painter->fillRect(option->rect, item->backgroundBrush);
    if (has(option, State_Selected)) {
        const bool active = widget && widget->hasFocus();
        painter->fillRect(option->rect, active ? colors.selection : blended(colors.field, colors.selection, 0.7));
    } else if (has(option, State_MouseOver)) {
        painter->fillRect(option->rect, colors.hover);
    }
}

void Style::drawHeaderSection(const QStyleOption* option, QPainter* painter) const
{
    const auto& colors = m_theme.colors();
    painter->fillRect(option->rect, has(option, State_MouseOver) && has(option, State_Enabled) ? colors.hover : colors.surface);
    painter->fillRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1, colors.border);
}

void Style::drawTab(const QStyleOption* option, QPainter* painter) const
{
    const auto& colors = m_theme.colors();
    const bool selected = has(option, State_Selected);
    if (!selected && has(option, State_MouseOver))
        painter->fillRect(option->rect.adjusted(0, 2, 0, -2), colors.hover);
    if (selected)
        painter->fillRect(option->rect.left() + 8, option->rect.bottom() - 1, option->rect.width() - 16, 2, colors.accent);
    if (has(option, State_HasFocus)) {
        QStyleOptionFocusRect focus;
        focus.rect = option->rect.adjusted(2, 2, -2, -3);
        drawPrimitive(PE_FrameFocusRect, &focus, painter, nullptr);
    }
}

void Style::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const
{
    const auto& colors = m_theme.colors();
    switch (element) {
    case CE_PushButtonLabel:
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option); button && widget && widget->property(kPrimaryProperty).toBool() && has(option, State_Enabled)) {
            QStyleOptionButton copy = *button;
            copy.palette.setColor(QPalette::ButtonText, colors.onAccent);
            QProxyStyle::drawControl(element, &copy, painter, widget);
            return;
        }
        break;
    case CE_Header:
        // The base style asks itself, not us, where label and arrow go.
        if (const auto* header = qstyleoption_cast<const QStyleOptionHeaderV2*>(option)) {
            drawHeaderSection(option, painter);
            QStyleOptionHeaderV2 part = *header;
            part.rect = subElementRect(SE_HeaderLabel, header, widget);
            drawControl(CE_HeaderLabel, &part, painter, widget);
            if (header->sortIndicator != QStyleOptionHeader::None) {
                part.rect = subElementRect(SE_HeaderArrow, header, widget);
                drawPrimitive(PE_IndicatorHeaderArrow, &part, painter, widget);
            }
            return;
        }
        break;
    case CE_HeaderEmptyArea:
        painter->fillRect(option->rect, colors.surface);
        painter->fillRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1, colors.border);
        return;
    case CE_HeaderLabel:
        if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option)) {
            QStyleOptionHeaderV2 copy;
            if (const auto* v2 = qstyleoption_cast<const QStyleOptionHeaderV2*>(option))
                copy = *v2;
            else
                static_cast<QStyleOptionHeader&>(copy) = *header;
            copy.palette.setColor(QPalette::ButtonText, colors.textMuted);
            copy.state &= ~State_On; // no bold text above the selected cell
            QProxyStyle::drawControl(element, &copy, painter, widget);
            return;
        }
        break;
    case CE_MenuBarEmptyArea:
        painter->fillRect(option->rect, colors.window);
        return;
    case CE_MenuBarItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option)) {
            painter->fillRect(item->rect, colors.window);
            if (has(option, State_Selected))
                drawBox(painter, item->rect.adjusted(0, 1, 0, -1), colors.hover, {});
            const int mnemonic = styleHint(SH_UnderlineShortcut, option, widget, nullptr) ? Qt::TextShowMnemonic : Qt::TextHideMnemonic;
            drawItemText(painter, item->rect, Qt::AlignCenter | Qt::TextSingleLine | mnemonic, item->palette, has(option, State_Enabled), item->text, QPalette::WindowText);
        }
        return;
    case CE_TabBarTabShape:
        drawTab(option, painter);
        return;
    case CE_TabBarTabLabel:
        if (const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option)) {
            QStyleOptionTab copy = *tab;
            copy.palette.setColor(QPalette::WindowText, has(option, State_Selected) ? colors.text : colors.textMuted);
            copy.state &= ~State_HasFocus;
            QProxyStyle::drawControl(element, &copy, painter, widget);
            return;
        }
        break;
    case CE_Splitter: {
        const bool horizontal = has(option, State_Horizontal);
        const QColor line = has(option, State_MouseOver) ? colors.accent : colors.border;
        const QRect r = option->rect;
        painter->fillRect(horizontal ? QRect(r.center().x(), r.top(), 1, r.height()) : QRect(r.left(), r.center().y(), r.width(), 1), line);
        return;
    }
    case CE_ShapedFrame:
        if (const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option); frame && frame->frameShape == QFrame::HLine) {
            painter->fillRect(frame->rect.left(), frame->rect.center().y(), frame->rect.width(), 1, colors.border);
            return;
        } else if (frame && frame->frameShape == QFrame::VLine) {
            painter->fillRect(frame->rect.center().x(), frame->rect.top(), 1, frame->rect.height(), colors.border);
            return;
        }
        break;
    default:
        break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void Style::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const
{
    switch (control) {
    case CC_ScrollBar:
        drawScrollBar(option, painter, widget);
        return;
    case CC_ComboBox:
        drawComboBox(option, painter, widget);
        return;
    case CC_ToolButton:
        drawToolButton(option, painter, widget);
        return;
    default:
        QProxyStyle::drawComplexControl(control, option, painter, widget);
    }
}

void Style::drawToolButton(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const
{
    const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option);
    if (!button)
        return;
    const auto& colors = m_theme.colors();
    const bool enabled = has(option, State_Enabled);
    drawToolButtonPanel(option, painter);

    QRect inner = button->rect;
    const bool split = button->features.testFlag(QStyleOptionToolButton::MenuButtonPopup);
    if (split || button->features.testFlag(QStyleOptionToolButton::HasMenu)) {
        const QRect arrow(inner.right() - 20, inner.top(), 20, inner.height());
        if (split && !has(option, State_AutoRaise))
            painter->fillRect(arrow.left(), inner.top() + 6, 1, inner.height() - 12, colors.borderStrong);
        drawChevron(painter, arrow, QStringLiteral("chevron-down"), enabled);
        inner.setRight(arrow.left());
    }
    const bool withText = button->toolButtonStyle != Qt::ToolButtonIconOnly && !button->text.isEmpty();
    const bool withIcon = button->toolButtonStyle != Qt::ToolButtonTextOnly && !button->icon.isNull();
    const QSize size = button->iconSize;
    int left = withText ? inner.left() + 9 : inner.center().x() - size.width() / 2 + 1;
    if (withIcon) {
        const auto mode = !enabled ? QIcon::Disabled : has(option, State_MouseOver) ? QIcon::Active : QIcon::Normal;
        button->icon.paint(painter, QRect(QPoint(left, inner.center().y() - size.height() / 2 + 1), size), Qt::AlignCenter, mode, has(option, State_On) ? QIcon::On : QIcon::Off);
        left += size.width() + 7;
    }
    if (withText) {
        painter->setFont(button->font);
        painter->setPen(!enabled ? button->palette.color(QPalette::Disabled, QPalette::ButtonText) : has(option, State_On) ? colors.accent : colors.text);
        const QString text = painter->fontMetrics().elidedText(button->text, Qt::ElideRight, inner.right() - left - 4, Qt::TextShowMnemonic);
        painter->drawText(QRect(left, inner.top(), inner.right() - left - 2, inner.height()), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextHideMnemonic, text);
    }
    if (has(option, State_HasFocus) && has(option, State_KeyboardFocusChange)) {
        QStyleOptionFocusRect focus;
        focus.rect = button->rect;
        drawPrimitive(PE_FrameFocusRect, &focus, painter, widget);
    }
}

void Style::drawScrollBar(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const
{
    const auto& colors = m_theme.colors();
    const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
    if (!bar || bar->minimum == bar->maximum)
        return;
    const QRect slider = subControlRect(CC_ScrollBar, option, SC_ScrollBarSlider, widget);
    const bool active = has(option, State_MouseOver) || bar->activeSubControls.testFlag(SC_ScrollBarSlider);
    const QRectF thumb = bar->orientation == Qt::Vertical ? QRectF(slider).adjusted(3, 1, -3, -1) : QRectF(slider).adjusted(1, 3, -1, -3);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(active ? colors.textFaint : colors.borderStrong);
    painter->drawRoundedRect(thumb, 3, 3);
    painter->restore();
}

QRect Style::subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl subControl, const QWidget* widget) const
{
    if (control == CC_ScrollBar) {
        const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
        if (!bar)
            return {};
        // No arrow buttons: the whole bar is the groove.
        const bool vertical = bar->orientation == Qt::Vertical;
        const int length = vertical ? bar->rect.height() : bar->rect.width();
        const qint64 range = qint64(bar->maximum) - bar->minimum;
        const int extent = range == 0 ? length : std::clamp(static_cast<int>(qint64(length) * bar->pageStep / (range + bar->pageStep)), std::min(length, 28), length);
        const int start = sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition, length - extent, bar->upsideDown);
        QRect rect;
        switch (subControl) {
        case SC_ScrollBarSlider:
            rect = vertical ? QRect(0, start, bar->rect.width(), extent) : QRect(start, 0, extent, bar->rect.height());
            break;
        case SC_ScrollBarGroove:
            rect = QRect(QPoint(0, 0), bar->rect.size());
            break;
        case SC_ScrollBarSubPage:
            rect = vertical ? QRect(0, 0, bar->rect.width(), start) : QRect(0, 0, start, bar->rect.height());
            break;
        case SC_ScrollBarAddPage:
            rect = vertical ? QRect(0, start + extent, bar->rect.width(), length - start - extent) : QRect(start + extent, 0, length - start - extent, bar->rect.height());
            break;
        default:
            return {};
        }
        return visualRect(bar->direction, QRect(QPoint(0, 0), bar->rect.size()), rect).translated(bar->rect.topLeft());
    }
    return QProxyStyle::subControlRect(control, option, subControl, widget);
}

void Style::drawComboBox(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const
{
    const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option);
    if (!combo)
        return;
    const auto& colors = m_theme.colors();
    const bool enabled = has(option, State_Enabled);
    const bool hover = has(option, State_MouseOver) && enabled;
    drawBox(painter, option->rect, combo->editable ? colors.field : hover ? colors.hover : colors.raised,
        has(option, State_HasFocus) ? colors.accent : enabled ? colors.borderStrong : colors.border);
    const QRect arrow = subControlRect(CC_ComboBox, option, SC_ComboBoxArrow, widget);
    drawChevron(painter, arrow, QStringLiteral("chevron-down"), enabled);
}

void Style::drawChevron(QPainter* painter, const QRect& rect, const QString& icon, bool enabled) const
{
    const int side = std::min({ rect.width(), rect.height(), 14 });
    const QRect target(rect.left() + (rect.width() - side) / 2, rect.top() + (rect.height() - side) / 2, side, side);
    const auto& colors = m_theme.colors();
    painter->drawPixmap(target, m_theme.iconPixmap(icon, side, enabled ? colors.textMuted : colors.borderStrong, painter->device()->devicePixelRatioF()));
}

}
